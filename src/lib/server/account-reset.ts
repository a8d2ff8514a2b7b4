import { addMillis, DAY } from '../domain/time.ts';
import { writeAct, type Actor } from './acts.ts';
import { authOf, authWithin } from './auth.ts';
import { lockAccount } from './database/locks.ts';
import type { Database, Tx } from './database/open.ts';
import type { Installation } from './installation.ts';
import { createToken, hashToken } from './secrets.ts';

const LIFETIME = DAY;

/**
 * Makes the link by which somebody who has lost the password gets in again; earlier ones are good no more. A second
 * factor stays: it is taken away by `takeSecondFactor`.
 *
 * Whoever holds it gets the account, and with it every event that the account may see: that is why only who administers
 * the installation makes one.
 *
 * @returns its token, of which only the hash is kept; null when there is no such account, or it is disabled
 */
export async function createAccountReset(
  installation: Installation,
  userId: string,
  by: Actor,
): Promise<string | null> {
  const token = createToken();
  const now = installation.clock();
  return installation.db.transaction().execute(async (tx) => {
    await lockAccount(tx, userId);
    const user = await tx
      .selectFrom('users')
      .select('id')
      .where('id', '=', userId)
      .where('disabled_at', 'is', null)
      .executeTakeFirst();
    if (!user) return null;
    await tx
      .deleteFrom('account_resets')
      .where('user_id', '=', userId)
      .where('used_at', 'is', null)
      .execute();
    await tx
      .insertInto('account_resets')
      .values({
        token_hash: hashToken(token),
        user_id: userId,
        created_at: now,
        expires_at: addMillis(now, LIFETIME),
        used_at: null,
      })
      .execute();
    await writeAct(installation, tx, { eventId: null, by, kind: 'account_reset_made', subject: userId });
    return token;
  });
}

/** A link as its page shows it. */
export type AccountResetState = { kind: 'usable'; email: string } | { kind: 'unknown' | 'expired' | 'used' };

export async function readAccountReset(
  { clock }: Pick<Installation, 'clock'>,
  db: Database | Tx,
  token: string,
): Promise<AccountResetState> {
  const row = await db
    .selectFrom('account_resets')
    .innerJoin('users', 'users.id', 'account_resets.user_id')
    .select(['users.email', 'account_resets.used_at', 'account_resets.expires_at'])
    .where('token_hash', '=', hashToken(token))
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (!row) return { kind: 'unknown' };
  if (row.used_at !== null) return { kind: 'used' };
  return row.expires_at <= clock() ? { kind: 'expired' } : { kind: 'usable', email: row.email };
}

/**
 * Uses up the link: the account gets a new password, and every session is over. Nobody is signed in by it, and a second
 * factor is asked for as before.
 *
 * @returns false when the link can't be used
 */
export async function useAccountReset(
  installation: Installation,
  token: string,
  password: string,
): Promise<boolean> {
  if ((await readAccountReset(installation, installation.db, token)).kind !== 'usable') return false;
  const { password: hasher } = await authOf(installation).$context;
  // Before the transaction: hashing takes long on purpose, and nothing else is written meanwhile.
  const hash = await hasher.hash(password);
  return installation.db.transaction().execute(async (tx) => {
    const used = await tx
      .updateTable('account_resets')
      .set({ used_at: installation.clock() })
      .where('token_hash', '=', hashToken(token))
      .where('used_at', 'is', null)
      .where('expires_at', '>', installation.clock())
      .returning('user_id as userId')
      .executeTakeFirst();
    if (!used) return false;
    const { userId } = used;
    await lockAccount(tx, userId);
    const user = await tx
      .selectFrom('users')
      .select(['id', 'name'])
      .where('id', '=', userId)
      .where('disabled_at', 'is', null)
      .executeTakeFirst();
    if (!user) return false;
    const { internalAdapter } = await authWithin(installation, tx).$context;
    if (await internalAdapter.findCredentialAccount(userId))
      await internalAdapter.updatePassword(userId, hash);
    else
      await internalAdapter.createAccount({
        userId,
        providerId: 'credential',
        accountId: userId,
        password: hash,
      });
    await tx.deleteFrom('sessions').where('user_id', '=', userId).execute();
    await writeAct(installation, tx, {
      eventId: null,
      by: user,
      kind: 'account_reset_used',
      subject: userId,
    });
    return true;
  });
}
