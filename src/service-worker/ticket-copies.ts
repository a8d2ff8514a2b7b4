/**
 * The tickets that are stored on this device: for each page a cache of its own, with the page and the parts it was
 * shown with, so that all of it goes with the ticket.
 */

/** What the server says of a ticket's copies: `keep` on a valid ticket's page, `drop` where there is none. */
const COPY_HEADER = 'ticket-copy';

const cacheName = (path: string): string => `ticket ${path}`;

export async function findCopy(path: string): Promise<Response | undefined> {
  // `caches.open` would make a cache for every address that somebody mistypes.
  return caches.match(path, { cacheName: cacheName(path) });
}

export interface TicketAnswer {
  response: Response;
  /** Whether the server itself has answered, and not something on the way to it. */
  ours: boolean;
}

/** Fetches a ticket's page, and stores or removes its copy as the server says. */
export async function fetchTicket(request: RequestInfo, path: string): Promise<TicketAnswer> {
  const response = await fetch(request);
  const word = response.headers.get(COPY_HEADER);
  if (word === 'keep' && response.ok && !response.redirected) {
    const cache = await caches.open(cacheName(path));
    await cache.put(path, await markedAsCopy(response.clone()));
  }
  if (word === 'drop') await dropCopies(path);
  return { response, ours: word !== null };
}

/**
 * Completes a page's copy with the parts that it was shown with, and lets go of the parts of earlier versions.
 *
 * @throws when there is no valid ticket at this address, or a part can't be fetched
 */
export async function keepTicket(path: string, parts: string[]): Promise<void> {
  if (!(await findCopy(path))) await fetchTicket(path, path);
  if (!(await findCopy(path))) throw new Error('no ticket to keep');
  const cache = await caches.open(cacheName(path));
  for (const part of parts) if (!(await cache.match(part))) await cache.add(part);
  const needed = new Set([path, ...parts].map((part) => new URL(part, self.location.href).href));
  for (const request of await cache.keys()) if (!needed.has(request.url)) await cache.delete(request);
}

/** Removes a ticket's copies in every language. */
async function dropCopies(path: string): Promise<void> {
  const ticket = `/ticket/${path.slice(path.lastIndexOf('/') + 1)}`;
  for (const name of await caches.keys())
    if (name.startsWith(cacheName('')) && name.endsWith(ticket)) await caches.delete(name);
}

/** The page says itself that it is a copy; its style sheet shows the words for that. */
async function markedAsCopy(response: Response): Promise<Response> {
  const { headers, status } = response;
  const html = (await response.text()).replace('<html ', '<html data-copy ');
  return new Response(html, { status, headers });
}
