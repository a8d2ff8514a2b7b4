import { randomBytes } from 'node:crypto';
import { createAccountReset } from '../account-reset.ts';
import { disableAccount, enableAccount } from '../account-admin.ts';
import { writeAct } from '../acts.ts';
import { EmailRefused, signUp } from '../auth.ts';
import type { Tx } from '../database/open.ts';
import { takeSecondFactor } from '../factor-loss.ts';
import type { Installation } from '../installation.ts';
import { createSetupLink } from '../setup-link.ts';

export type OrganiserOutcome =
  /** Nobody can sign in yet: whoever opens the link chooses name, address and password. */
  | { kind: 'set_up'; path: string }
  /** There was no such account: the link lets its owner choose a password. */
  | { kind: 'made'; path: string }
  /** The link gives the account a new password; a second factor stays. */
  | { kind: 'new_access'; path: string; madeAdministrator: boolean }
  /** An account that is disabled is enabled first. */
  | { kind: 'made_administrator' | 'already_administrator' | 'bad_email' | 'disabled' };

/**
 * Makes somebody an administrator of the installation, at the word of whoever runs the server.
 *
 * @param newAccess - also makes a link by which the account's owner gets in again who has lost the password
 */
export async function makeOrganiser(
  installation: Installation,
  email: string,
  newAccess: boolean,
): Promise<OrganiserOutcome> {
  const { db } = installation;
  const setup = await createSetupLink(installation);
  if (setup) return { kind: 'set_up', path: `/office/setup/${setup}` };
  const user = await db
    .selectFrom('users')
    .select(['id', 'disabled_at'])
    .where('email', '=', email.trim().toLowerCase())
    .executeTakeFirst();
  if (!user) return makeAccount(installation, email.trim());
  if (user.disabled_at !== null) return { kind: 'disabled' };
  const madeAdministrator = await db
    .transaction()
    .execute((tx) => makeAdministrator(installation, tx, user.id));
  if (newAccess) {
    const token = (await createAccountReset(installation, user.id, null))!;
    return { kind: 'new_access', path: resetPath(token), madeAdministrator };
  }
  return { kind: madeAdministrator ? 'made_administrator' : 'already_administrator' };
}

/** What whoever runs the server does with somebody's account. */
export type AccountChange = 'disable' | 'enable' | 'drop-second-factor';
export type AccountChangeOutcome = 'done' | 'unknown' | 'last_administrator' | 'no_second_factor';

/** Disables an account, enables it again, or takes its second factor away, at the word of whoever runs the server. */
export async function changeAccount(
  installation: Installation,
  email: string,
  change: AccountChange,
): Promise<AccountChangeOutcome> {
  const user = await installation.db
    .selectFrom('users')
    .select('id')
    .where('email', '=', email.trim().toLowerCase())
    .executeTakeFirst();
  if (!user) return 'unknown';
  switch (change) {
    case 'disable': {
      const outcome = await disableAccount(installation, user.id, null);
      return outcome === 'last_administrator' ? outcome : 'done';
    }
    case 'enable':
      await enableAccount(installation, user.id, null);
      return 'done';
    case 'drop-second-factor':
      return (await takeSecondFactor(installation, user.id, null)) === 'taken' ? 'done' : 'no_second_factor';
  }
}

/** Until its owner chooses a password, nobody knows one. */
async function makeAccount(installation: Installation, email: string): Promise<OrganiserOutcome> {
  try {
    const userId = await installation.db.transaction().execute(async (tx) => {
      const password = randomBytes(32).toString('base64url');
      const { userId } = await signUp(installation, tx, { name: email.split('@')[0]!, email, password });
      await tx.deleteFrom('sessions').where('user_id', '=', userId).execute();
      await makeAdministrator(installation, tx, userId);
      return userId;
    });
    const token = (await createAccountReset(installation, userId, null))!;
    return { kind: 'made', path: resetPath(token) };
  } catch (error) {
    if (error instanceof EmailRefused) return { kind: 'bad_email' };
    throw error;
  }
}

/** @returns false when it was one */
async function makeAdministrator(installation: Installation, tx: Tx, userId: string): Promise<boolean> {
  const made = await tx
    .insertInto('administrators')
    .values({ user_id: userId, since: installation.clock() })
    .onConflict((conflict) => conflict.doNothing())
    .returning('user_id')
    .executeTakeFirst();
  if (made)
    await writeAct(installation, tx, {
      eventId: null,
      by: null,
      kind: 'administrator_made',
      subject: userId,
    });
  return made !== undefined;
}

const resetPath = (token: string): string => `/office/reset/${token}`;
