import type { Millis } from '../domain/time.ts';
import { writeAct, type Actor } from './acts.ts';
import { authWithin } from './auth.ts';
import { lockAccount } from './database/locks.ts';
import type { Database } from './database/open.ts';
import type { Installation } from './installation.ts';
import { askOpenPages } from './stream-access.ts';

export type TakeOutcome =
  | 'taken'
  /** There is no such account, or it has no second factor. */
  | 'unknown'
  /** One's own is turned off with the password. */
  | 'own';

/**
 * Takes the second factor of somebody away who has lost phone and recovery codes: the password alone is enough then, so
 * every session ends, and its owner is told, in the office and by mail.
 */
export async function takeSecondFactor(
  installation: Installation,
  userId: string,
  by: Actor,
): Promise<TakeOutcome> {
  if (by?.id === userId) return 'own';
  const { db, clock, sendsMail } = installation;
  const isTaken = await db.transaction().execute(async (tx) => {
    await lockAccount(tx, userId);
    const user = await tx
      .selectFrom('users')
      .select('two_factor_enabled')
      .where('id', '=', userId)
      .executeTakeFirst();
    if (!user?.two_factor_enabled) return false;
    await tx.deleteFrom('second_factors').where('user_id', '=', userId).execute();
    const { internalAdapter } = await authWithin(installation, tx).$context;
    await internalAdapter.updateUser(userId, { twoFactorEnabled: false });
    const now = clock();
    await tx
      .updateTable('users')
      .set({ factor_taken_at: now, factor_notice_at: sendsMail ? now : null })
      .where('id', '=', userId)
      .execute();
    await tx.deleteFrom('sessions').where('user_id', '=', userId).execute();
    await writeAct(installation, tx, { eventId: null, by, kind: 'second_factor_taken', subject: userId });
    return true;
  });
  if (!isTaken) return 'unknown';
  await askOpenPages(installation);
  return 'taken';
}

/** When somebody's second factor was taken away; null when it was not, or there is one again. */
export async function readFactorTaken(db: Database, userId: string): Promise<Millis | null> {
  const user = await db
    .selectFrom('users')
    .select('factor_taken_at')
    .where('id', '=', userId)
    .executeTakeFirst();
  return user?.factor_taken_at ?? null;
}
