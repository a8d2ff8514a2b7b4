import type { Role } from '../domain/office-rights.ts';
import type { Localized } from '../domain/setting.ts';
import type { Millis } from '../domain/time.ts';
import { writeAct, type Actor } from './acts.ts';
import { lockAccount, lockInstallation } from './database/locks.ts';
import type { Database, Tx } from './database/open.ts';
import { listEvents } from './events.ts';
import type { Installation } from './installation.ts';
import { askOpenPages } from './stream-access.ts';

/** An account, as who administers the installation sees it. */
export interface Account {
  id: string;
  name: string;
  email: string;
  administrator: boolean;
  secondFactor: boolean;
  /** Null while somebody gets in with it. */
  disabledAt: Millis | null;
  roles: { event: Localized; role: Role }[];
}

/** All accounts of the installation, by name. */
export async function listAccounts(db: Database): Promise<Account[]> {
  const rows = await db
    .selectFrom('users')
    .leftJoin('administrators', 'administrators.user_id', 'users.id')
    .select(['users.id', 'name', 'email', 'two_factor_enabled', 'disabled_at', 'administrators.user_id'])
    .orderBy('name')
    .orderBy('users.id')
    .execute();
  const events = new Map((await listEvents(db)).map(({ id, texts }) => [id, texts.title]));
  const members = await db.selectFrom('members').select(['event_id', 'user_id', 'role']).execute();
  return rows.map(({ id, name, email, two_factor_enabled, disabled_at, user_id }) => ({
    id,
    name,
    email,
    administrator: user_id !== null,
    secondFactor: Boolean(two_factor_enabled),
    disabledAt: disabled_at,
    roles: members
      .filter((member) => member.user_id === id)
      .flatMap(({ event_id, role }) => {
        const event = events.get(event_id);
        return event ? [{ event, role }] : [];
      }),
  }));
}

export type DisableOutcome =
  /** It is disabled, or was before. */
  | 'disabled'
  | 'unknown'
  /** Nobody locks themselves out. */
  | 'own'
  /** Nobody could enable anything any more. */
  | 'last_administrator';

/**
 * Lets nobody in with an account any more, by whatever way: its sessions and links for a new password end at once, and
 * live pages that are open. What it has done, and its roles, stay.
 */
export async function disableAccount(
  installation: Installation,
  userId: string,
  by: Actor,
): Promise<DisableOutcome> {
  if (by?.id === userId) return 'own';
  const { db, clock } = installation;
  const outcome = await db.transaction().execute(async (tx): Promise<DisableOutcome> => {
    await lockInstallation(tx);
    await lockAccount(tx, userId);
    const user = await tx.selectFrom('users').select('id').where('id', '=', userId).executeTakeFirst();
    if (!user) return 'unknown';
    if (await isLastAdministrator(tx, userId)) return 'last_administrator';
    const changed = await tx
      .updateTable('users')
      .set({ disabled_at: clock() })
      .where('id', '=', userId)
      .where('disabled_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    await tx.deleteFrom('sessions').where('user_id', '=', userId).execute();
    await tx
      .deleteFrom('account_resets')
      .where('user_id', '=', userId)
      .where('used_at', 'is', null)
      .execute();
    if (changed)
      await writeAct(installation, tx, { eventId: null, by, kind: 'account_disabled', subject: userId });
    return 'disabled';
  });
  if (outcome === 'disabled') await askOpenPages(installation);
  return outcome;
}

/** Lets its owner sign in again. @returns false when there is no such account */
export async function enableAccount(installation: Installation, userId: string, by: Actor): Promise<boolean> {
  return installation.db.transaction().execute(async (tx) => {
    await lockAccount(tx, userId);
    const user = await tx
      .selectFrom('users')
      .select('disabled_at')
      .where('id', '=', userId)
      .executeTakeFirst();
    if (!user) return false;
    if (user.disabled_at === null) return true;
    await tx.updateTable('users').set({ disabled_at: null }).where('id', '=', userId).execute();
    await writeAct(installation, tx, { eventId: null, by, kind: 'account_enabled', subject: userId });
    return true;
  });
}

async function isLastAdministrator(tx: Tx, userId: string): Promise<boolean> {
  const able = await tx
    .selectFrom('administrators')
    .innerJoin('users', 'users.id', 'administrators.user_id')
    .select('users.id')
    .where('disabled_at', 'is', null)
    .execute();
  return able.length === 1 && able[0]!.id === userId;
}
