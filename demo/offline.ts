import type { PartylineChatElement } from 'partyline/ui';
import { Workbox } from 'workbox-window';

/** The interval at which an open tab checks for a newer version, in ms. */
const updateCheckInterval = 15 * 60_000;

/**
 * Makes the shop work offline. When there is a newer version, the panel offers to update, and all tabs reload
 * together. Drafts and messages are in the hub and survive the reload.
 */
export function keepOffline(element: PartylineChatElement): void {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const workbox = new Workbox('/service-worker.js');
  workbox.addEventListener('waiting', () => element.setAttribute('outdated', ''));
  element.addEventListener('update', () => workbox.messageSkipWaiting());

  // The version that controls this page. After a hard reload, or during a takeover, there is none until the
  // next version claims the page.
  let known = serviceWorker.controller;
  serviceWorker.addEventListener('controllerchange', () => {
    const { controller } = serviceWorker;
    if (known && known !== controller) location.reload();
    known = controller;
  });

  workbox.register().then(
    (registration) => {
      known ??= registration?.active ?? null;
    },
    (error: unknown) => {
      console.warn('Could not register the service worker:', error);
    },
  );
  const ask = () => {
    workbox.update().catch((error: unknown) => {
      // Expected while offline. The next check tries again.
      if (navigator.onLine) console.warn('Could not check for a newer version:', error);
    });
  };
  setInterval(ask, updateCheckInterval);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') ask();
  });
}
