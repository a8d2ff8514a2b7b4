import { SECOND } from '../domain/time.ts';

/** Where the answers are about people, or about how to get in: the office, a ticket, and what other systems are told. */
const PRIVATE = /^\/(office|api|\(public\)\/ticket)(\/|$)/;

/**
 * Says of an answer what its route has left unsaid: that no cache may keep what is private, errors included; when to
 * come again; in which characters a page is written. What every answer says stands in `scripts/response-headers.mjs`.
 *
 * @param wait - in how many milliseconds what was tried too often may be tried again; null where nothing was
 */
export function completeHeaders(
  { headers, status }: Response,
  routeId: string | null,
  wait: number | null,
): void {
  if (headers.get('content-type') === 'text/html') headers.set('content-type', 'text/html; charset=utf-8');
  if (routeId !== null && PRIVATE.test(routeId) && !headers.has('cache-control'))
    headers.set('cache-control', 'no-store');
  if (status === 429 && wait !== null && !headers.has('retry-after'))
    headers.set('retry-after', String(Math.max(1, Math.ceil(wait / SECOND))));
}
