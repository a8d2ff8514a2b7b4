import { build, files, prerendered, version } from '$service-worker';
import { clientsClaim } from 'workbox-core';
import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  matchPrecache,
  precacheAndRoute,
} from 'workbox-precaching';
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
    const { type } = (event.data ?? {}) as { type?: string };
    if (type === 'SKIP_WAITING') void scope.skipWaiting();
    if (type === 'COUNT_MISSING') {
      event.waitUntil(countMissing().then((missing) => event.ports[0]?.postMessage(missing)));
    }
  });
}

/** How many of the files that the door needs without network are not on the tablet, whatever the reason. */
async function countMissing(): Promise<number> {
  const needed = [...build, ...files, ...prerendered];
  const found = await Promise.all(needed.map((url) => matchPrecache(url)));
  // Whatever else is there: without the shell nothing starts.
  return needed.includes(SHELL) ? found.filter((copy) => !copy?.ok).length : needed.length;
}
