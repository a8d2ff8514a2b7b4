import { MINUTE } from '../domain/time.ts';
import { countAttempt, type AttemptLimit, type AttemptOutcome } from './attempts.ts';
import type { Installation } from './installation.ts';
import { originOf } from './network.ts';

/** What is found only by who has its address, its token or its code, all of them too long to be guessed. */
export type Secretive = 'ticket' | 'account link' | 'api token' | 'tablet token';

/** A school behind one address may hold old links; nobody guesses anything with so few. */
const MOST = 100;

/**
 * Counts that something was asked for that there is not. Only these count, so nobody who brings what is right is ever
 * hindered by others behind the same address: fifty tablets in one hall have one.
 *
 * @param client - the address that it came from
 */
export function countMiss(
  installation: Installation,
  what: Secretive,
  client: string,
): Promise<AttemptOutcome> {
  const limit: AttemptLimit = { what: `missed ${what}`, max: MOST, window: 10 * MINUTE };
  return countAttempt(installation, limit, originOf(client).address);
}
