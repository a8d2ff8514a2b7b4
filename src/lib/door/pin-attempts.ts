import { addMillis, SECOND, type Millis } from '../domain/time.ts';

/** Wrong PINs in a row, and when the next may be tried, by the tablet's clock. */
export interface PinAttempts {
  failed: number;
  notBefore: Millis | null;
}

export const NO_ATTEMPTS: PinAttempts = { failed: 0, notBefore: null };

/** How many wrong PINs cost nothing but a message. */
const FREE = 5;
const FIRST_WAIT = 30 * SECOND;
/** After this many wrong PINs in a row the tablet forgets its roster. */
export const LAST_ATTEMPT = 10;

/** What an attempt counts before it is known to be right, so that pulling the plug does not make it free. */
export function afterFailure({ failed }: PinAttempts, now: Millis): PinAttempts {
  const count = failed + 1;
  return {
    failed: count,
    notBefore: count < FREE ? null : addMillis(now, FIRST_WAIT * 2 ** (count - FREE)),
  };
}

/** How long to wait before the next attempt, in milliseconds. A clock that was set back does not lengthen it for ever. */
export function waitBefore({ failed, notBefore }: PinAttempts, now: Millis): number {
  if (notBefore === null) return 0;
  const longest = FIRST_WAIT * 2 ** Math.max(0, failed - FREE);
  return Math.min(longest, Math.max(0, notBefore - now));
}
