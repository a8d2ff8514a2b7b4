import { error, type RequestEvent } from '@sveltejs/kit';
import { countMiss, type Secretive } from '$lib/server/misses';

/**
 * Counts that somebody has asked for what only who was given its address can know, and there is no such thing.
 *
 * @throws 429 for whoever has done so too often
 */
export async function refuseGuesses(
  { locals, getClientAddress }: Pick<RequestEvent, 'locals' | 'getClientAddress'>,
  what: Secretive,
): Promise<void> {
  const miss = await countMiss(locals.installation, what, getClientAddress());
  if (miss.kind === 'allowed') return;
  locals.retryAt = miss.until;
  error(429, 'too many attempts');
}
