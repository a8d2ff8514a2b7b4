import { RateLimiterRes } from 'rate-limiter-flexible';
import { addMillis, type Millis } from '../domain/time.ts';
import { AttemptStore } from './attempt-store.ts';
import type { Installation } from './installation.ts';
import { noteSecurity } from './security-log.ts';

/** How often something may be tried within a time in milliseconds. */
export interface AttemptLimit {
  /** What is tried, such as `sign-in`. */
  what: string;
  max: number;
  window: number;
}

export type AttemptOutcome = { kind: 'allowed' } | { kind: 'too_many'; until: Millis };

/**
 * Counts an attempt and says whether it may go on. The count is in the database, so several server processes count
 * together; who tries is kept only as a keyed hash, and only until the window ends.
 */
export async function countAttempt(
  installation: Installation,
  limit: AttemptLimit,
  who: string,
): Promise<AttemptOutcome> {
  try {
    await new AttemptStore(installation, limit).consume(keyOf(installation, limit, who));
    return { kind: 'allowed' };
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    // Once each time: a flood shall not become one of lines.
    if (refusal.consumedPoints === limit.max + 1)
      noteSecurity(installation, 'too_many', { what: limit.what });
    return { kind: 'too_many', until: addMillis(installation.clock(), refusal.msBeforeNext) };
  }
}

/** Starts counting anew, because somebody has succeeded. */
export async function forgetAttempts(
  installation: Installation,
  limit: AttemptLimit,
  who: string,
): Promise<void> {
  await new AttemptStore(installation, limit).delete(keyOf(installation, limit, who));
}

function keyOf({ secrets }: Installation, { what }: AttemptLimit, who: string): string {
  return secrets.proof('attempts', Buffer.from(`${what}\n${who}`, 'utf8')).toString('base64url');
}
