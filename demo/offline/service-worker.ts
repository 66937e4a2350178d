import { clientsClaim } from 'workbox-core';
import { matchPrecache, precacheAndRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { NetworkFirst } from 'workbox-strategies';

declare const self: ServiceWorkerGlobalScope & {
  /** The site's files, put in by the build. */
  readonly __WB_MANIFEST: { url: string; revision: string | null }[];
};

/** How long the server is waited for, in ms, before a page is shown as it was kept. */
const pageTimeout = 3_000;

// A page comes from the server as long as there is one: a deploy is seen by the next navigation.
registerRoute(
  ({ request }) => request.mode === 'navigate',
  async ({ request, url }) => {
    const fresh = fetch(request);
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), pageTimeout));
    // Out of reach, or too slow.
    const inTime = await Promise.race([fresh, late]).catch(() => null);
    return inTime ?? (await matchPrecache(keptPage(url.pathname))) ?? fresh;
  },
);
// Pages and the hub import it: without it, nothing starts.
registerRoute(
  ({ url }) => url.origin === self.location.origin && url.pathname === '/config.js',
  new NetworkFirst({ cacheName: 'config', networkTimeoutSeconds: pageTimeout / 1_000 }),
);
precacheAndRoute(self.__WB_MANIFEST);

/** The file behind a page's address; the account page draws its own views. */
function keptPage(path: string): string {
  if (path.startsWith('/account/')) return '/account/index.html';
  return path.endsWith('/') ? `${path}index.html` : path;
}

// A newer version waits until the visitor wants it, and then takes all tabs at once.
clientsClaim();
self.addEventListener('message', ({ data }) => {
  if (data?.type === 'SKIP_WAITING') void self.skipWaiting();
});
self.addEventListener('install', (event) => {
  event.waitUntil(caches.open('config').then((cache) => cache.add('/config.js')));
});
