import { clientsClaim } from 'workbox-core';
import { registerRoute } from 'workbox-routing';
import { fetchTicket, findCopy, keepTicket } from './ticket-copies.ts';

/** The address of a ticket, or of the news that it is erased, in every language. */
const TICKET_PAGE = /\/ticket\/(erased\/)?[\w-]{43}$/;

/** Hashed names: what is stored under one never changes. */
const ASSETS = '/_app/immutable/';

/** How long a stored ticket waits for a newer one, in milliseconds. */
const PATIENCE = 2_000;

/**
 * Opens tickets without network that were opened before. With network the page is always the server's: a stored one is
 * shown where the server doesn't answer, or not soon enough for somebody who stands at a door.
 */
export function serveTickets(scope: ServiceWorkerGlobalScope): void {
  registerRoute(
    ({ request, url }) => request.mode === 'navigate' && TICKET_PAGE.test(url.pathname),
    ({ event, request, url }) => openTicket(event, request, url.pathname),
  );
  registerRoute(
    ({ sameOrigin, url }) => sameOrigin && url.pathname.startsWith(ASSETS),
    async ({ request }) => (await caches.match(request)) ?? fetch(request),
  );
  scope.addEventListener('message', (event) => {
    const message = event.data as { type?: string; parts?: string[] } | null;
    const source = event.source;
    if (message?.type !== 'KEEP_TICKET' || !(source instanceof WindowClient)) return;
    const { pathname } = new URL(source.url);
    if (!TICKET_PAGE.test(pathname)) return;
    const kept = keepTicket(pathname, message.parts ?? []).then(() => event.ports[0]?.postMessage('kept'));
    event.waitUntil(kept.catch(() => undefined));
  });
  // Nothing waits for a tap here: one ticket's page knows nothing of another's.
  scope.addEventListener('install', () => void scope.skipWaiting());
  clientsClaim();
}

async function openTicket(event: ExtendableEvent, request: Request, path: string): Promise<Response> {
  const copy = await findCopy(path);
  const answer = fetchTicket(request, path);
  if (!copy) return (await answer).response;
  event.waitUntil(answer.catch(() => undefined));
  const online = answer.then(
    // Not our server's word: a proxy whose server is gone, or the page of a network that wants a password first.
    ({ response, ours }) => (ours ? response : copy),
    () => copy,
  );
  const late = new Promise<Response>((resolve) => setTimeout(resolve, PATIENCE, copy));
  return Promise.race([online, late]);
}
