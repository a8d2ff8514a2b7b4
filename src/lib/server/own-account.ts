import type { Millis } from '../domain/time.ts';
import type { Organiser } from './accounts.ts';
import { writeAct } from './acts.ts';
import { authWithin, cookiesIn, type SessionCookie } from './auth.ts';
import { lockAccount } from './database/locks.ts';
import type { Database } from './database/open.ts';
import type { Installation } from './installation.ts';
import { checkPassword } from './password-check.ts';

/** Gives somebody another name. What they have done before stays under the name that they had. */
export async function rename(
  installation: Installation,
  headers: Headers,
  organiser: Organiser,
  name: string,
): Promise<void> {
  if (name === organiser.name) return;
  await installation.db.transaction().execute(async (tx) => {
    await lockAccount(tx, organiser.id);
    await authWithin(installation, tx).api.updateUser({ body: { name }, headers });
    await writeAct(installation, tx, {
      eventId: null,
      by: organiser,
      kind: 'account_renamed',
      subject: organiser.id,
    });
  });
}

export type PasswordOutcome =
  | { kind: 'changed'; cookies: SessionCookie[] }
  | { kind: 'wrong_password' }
  | { kind: 'too_many'; until: Millis };

/** Changes the password and ends every session; whoever has changed it goes on in a new one. */
export async function changePassword(
  installation: Installation,
  headers: Headers,
  organiser: Organiser,
  passwords: { current: string; next: string },
): Promise<PasswordOutcome> {
  const checked = await checkPassword(installation, headers, organiser.id, passwords.current);
  if (checked.kind !== 'right') return checked;
  return installation.db.transaction().execute(async (tx) => {
    await lockAccount(tx, organiser.id);
    const answer = await authWithin(installation, tx).api.changePassword({
      body: {
        currentPassword: passwords.current,
        newPassword: passwords.next,
        revokeOtherSessions: true,
      },
      headers,
      returnHeaders: true,
    });
    await writeAct(installation, tx, { eventId: null, by: organiser, kind: 'password_changed' });
    return { kind: 'changed', cookies: cookiesIn(answer.headers) };
  });
}

/** By what somebody can sign in. */
export interface WaysIn {
  password: boolean;
  provider: boolean;
}

export async function readWaysIn(db: Database, userId: string): Promise<WaysIn> {
  const rows = await db
    .selectFrom('user_accounts')
    .select('provider_id')
    .where('user_id', '=', userId)
    .execute();
  const password = rows.some(({ provider_id }) => provider_id === 'credential');
  return { password, provider: rows.length > Number(password) };
}
