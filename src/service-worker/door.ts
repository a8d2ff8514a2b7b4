import { build, files, prerendered, version } from '$service-worker';
import { clientsClaim } from 'workbox-core';
import {
  addPlugins,
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
  addPlugins([{ cacheWillUpdate: ({ request, response }) => ofThisBuild(request, response) }]);
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

/**
 * What may be kept. While a server's processes are updated one after the other, this version's worker may be given
 * another version's shell, which would start from files that are not kept here: then the installation fails, and is tried
 * again at the next visit.
 */
async function ofThisBuild(request: Request, response: Response): Promise<Response | null> {
  if (response.status >= 400) return null;
  if (new URL(request.url).pathname !== SHELL) return response;
  const html = await response.clone().text();
  const parts = html.match(/\/_app\/immutable\/[\w./@~+-]+/g) ?? [];
  return parts.every((part) => build.includes(part)) ? response : null;
}

/** How many of the files that the door needs without network are not on the tablet, whatever the reason. */
async function countMissing(): Promise<number> {
  const needed = [...build, ...files, ...prerendered];
  const found = await Promise.all(needed.map((url) => matchPrecache(url)));
  // Whatever else is there: without the shell nothing starts.
  return needed.includes(SHELL) ? found.filter((copy) => !copy?.ok).length : needed.length;
}
