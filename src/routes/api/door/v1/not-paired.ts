import type { RequestEvent } from '@sveltejs/kit';
import { countMiss } from '$lib/server/misses';
import { problem } from '$lib/server/problem';
import { noteSecurity } from '$lib/server/security-log';

/** What whoever shows no tablet's token is answered. To a tablet both answers are one: it keeps what it has, and waits. */
export async function notPaired({
  locals,
  getClientAddress,
}: Pick<RequestEvent, 'locals' | 'getClientAddress'>): Promise<Response> {
  noteSecurity(locals.installation, 'refused_token', { what: 'tablet' });
  const miss = await countMiss(locals.installation, 'tablet token', getClientAddress());
  if (miss.kind === 'allowed')
    return problem(401, 'not_paired', 'This tablet is not paired.', { 'www-authenticate': 'Bearer' });
  locals.retryAt = miss.until;
  return problem(429, 'too_many_attempts', 'Too many tablets that are not paired ask from this address.');
}
