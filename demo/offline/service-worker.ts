import { clientsClaim } from 'workbox-core';
import { matchPrecache, precacheAndRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { NetworkFirst } from 'workbox-strategies';

declare const self: ServiceWorkerGlobalScope & {
  /** The list of the site's files, injected by the build. */
  readonly __WB_MANIFEST: { url: string; revision: string | null }[];
};

/** The time to wait for the server, in ms, before a cached page is shown. */
const pageTimeout = 3_000;

// Pages come from the server if possible, so that the next navigation shows a new deployment.
registerRoute(
  ({ request }) => request.mode === 'navigate',
  async ({ request, url }) => {
    const fresh = fetch(request);
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), pageTimeout));
    // Offline, or too slow.
    const inTime = await Promise.race([fresh, late]).catch(() => null);
    return inTime ?? (await matchPrecache(keptPage(url.pathname))) ?? fresh;
  },
);
// Pages and the hub import it, and don't start without it.
registerRoute(
  ({ url }) => url.origin === self.location.origin && url.pathname === '/config.js',
  new NetworkFirst({ cacheName: 'config', networkTimeoutSeconds: pageTimeout / 1_000 }),
);
precacheAndRoute(self.__WB_MANIFEST);

/** The cached file for a path. The account page has client-side routes. */
function keptPage(path: string): string {
  if (path.startsWith('/account/')) return '/account/index.html';
  return path.endsWith('/') ? `${path}index.html` : path;
}

// A newer version waits until the visitor accepts it, then takes over all tabs at once.
clientsClaim();
self.addEventListener('message', ({ data }) => {
  if (data?.type === 'SKIP_WAITING') void self.skipWaiting();
});
self.addEventListener('install', (event) => {
  event.waitUntil(caches.open('config').then((cache) => cache.add('/config.js')));
});
