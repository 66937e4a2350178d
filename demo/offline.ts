import type { PartylineChatElement } from 'partyline/ui';
import { Workbox } from 'workbox-window';

/** How often an open tab asks for a newer version, in ms. */
const updateCheckInterval = 15 * 60_000;

/**
 * Keeps the shop for days without a server. When a newer version has come, the panel offers it; all
 * tabs move over together. The hub has drafts and messages, so a reload loses neither.
 */
export function keepOffline(element: PartylineChatElement): void {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const workbox = new Workbox('/service-worker.js');
  workbox.addEventListener('waiting', () => element.setAttribute('outdated', ''));
  element.addEventListener('update', () => workbox.messageSkipWaiting());

  // The version that the page came with. One that was loaded past it (a hard reload), or while it took
  // over the others, is nobody's until the next version takes it.
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
      console.warn('The shop can’t be kept for offline use:', error);
    },
  );
  const ask = () => {
    workbox.update().catch((error: unknown) => {
      // Asked again later, which is all there is to do offline.
      if (navigator.onLine) console.warn('The shop could not look for a newer version:', error);
    });
  };
  setInterval(ask, updateCheckInterval);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') ask();
  });
}
