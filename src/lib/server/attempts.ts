import { addMillis, type Millis } from '../domain/time.ts';
import type { Installation } from './installation.ts';

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
  const { db, clock } = installation;
  const now = clock();
  await db.deleteFrom('attempts').where('until', '<=', now).execute();
  const { count, until } = await db
    .insertInto('attempts')
    .values({ key: keyOf(installation, limit, who), count: 1, until: addMillis(now, limit.window) })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((eb) => ({ count: eb('attempts.count', '+', 1) })),
    )
    .returning(['count', 'until'])
    .executeTakeFirstOrThrow();
  return count > limit.max ? { kind: 'too_many', until } : { kind: 'allowed' };
}

/** Starts counting anew, because somebody has succeeded. */
export async function forgetAttempts(
  installation: Installation,
  limit: AttemptLimit,
  who: string,
): Promise<void> {
  await installation.db
    .deleteFrom('attempts')
    .where('key', '=', keyOf(installation, limit, who))
    .execute();
}

function keyOf({ secrets }: Installation, { what }: AttemptLimit, who: string): string {
  return secrets.proof('accounts', Buffer.from(`${what}\n${who}`, 'utf8')).toString('base64url');
}
