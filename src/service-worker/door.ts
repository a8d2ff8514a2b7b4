import { build, files, prerendered, version } from '$service-worker';
import { clientsClaim } from 'workbox-core';
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

const SHELL = '/door';

/**
 * Starts the door without network: everything it needs is on the tablet after one visit. A new version is fetched in
 * the background and waits until the staff tap; nothing changes under a queue.
 */
export function serveDoor(scope: ServiceWorkerGlobalScope): void {
  precacheAndRoute([
    // Hashed names: a changed file has another address.
    ...build.map((url) => ({ url, revision: null })),
    ...[...files, ...prerendered].map((url) => ({ url, revision: version })),
  ]);
  cleanupOutdatedCaches();
  registerRoute(new NavigationRoute(createHandlerBoundToURL(SHELL), { allowlist: [/^\/door(\/|$)/] }));
  clientsClaim();

  scope.addEventListener('message', (event) => {
    if ((event.data as { type?: string } | null)?.type === 'SKIP_WAITING') void scope.skipWaiting();
  });
}
