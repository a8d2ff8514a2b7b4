import { addMillis, DAY, MINUTE, type Millis } from '../domain/time.ts';
import { EmailRefused, signUp, type SessionCookie } from './auth.ts';
import { lockInstallation } from './database/locks.ts';
import type { Database, Tx } from './database/open.ts';
import type { Installation } from './installation.ts';
import type { OrganiserForm } from './organiser-form.ts';
import { hashToken, sameText, type Secrets } from './secrets.ts';

export const SETUP_LINK_LIFETIME = 7 * DAY;

/** Processes that start within this time start together, and tell the same link. */
const TOGETHER = MINUTE;

async function hasOrganiser(db: Database | Tx): Promise<boolean> {
  return (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined;
}

/** Whether anybody can sign in yet. */
export async function isSetUp({ db }: Pick<Installation, 'db'>): Promise<boolean> {
  return hasOrganiser(db);
}

/**
 * Makes the one-time link by which the first organiser gets in; earlier ones that were not used are good no more. Where
 * several processes start together, all get the same one.
 *
 * @returns the link's token, of which only the hash is kept; null when there is an organiser
 */
export async function createSetupLink({ db, clock, secrets }: Installation): Promise<string | null> {
  const now = clock();
  return db.transaction().execute(async (tx) => {
    await lockInstallation(tx);
    const { database_id } = await tx
      .selectFrom('installation')
      .select('database_id')
      .executeTakeFirstOrThrow();
    if (await hasOrganiser(tx)) return null;
    const unused = await tx
      .selectFrom('setup_links')
      .select(['token_hash', 'expires_at'])
      .where('used_at', 'is', null)
      .where('expires_at', '>', addMillis(now, SETUP_LINK_LIFETIME - TOGETHER))
      .execute();
    for (const { token_hash, expires_at } of unused) {
      const token = tokenOf(secrets, database_id, expires_at);
      if (sameText(hashToken(token), token_hash)) return token;
    }
    const expiresAt = addMillis(now, SETUP_LINK_LIFETIME);
    const token = tokenOf(secrets, database_id, expiresAt);
    await tx.deleteFrom('setup_links').where('used_at', 'is', null).execute();
    await tx
      .insertInto('setup_links')
      .values({ token_hash: hashToken(token), expires_at: expiresAt, used_at: null })
      .execute();
    return token;
  });
}

/** What a link holds follows from the secret and the time it ends, so that each process can tell it. */
function tokenOf(secrets: Secrets, databaseId: string, expiresAt: Millis): string {
  return secrets.proof('setup-link', Buffer.from(`${databaseId} ${expiresAt}`, 'utf8')).toString('base64url');
}

/** Whether a setup link can be used, or why not. */
export type SetupLinkState = 'usable' | 'unknown' | 'expired' | 'used';

export async function readSetupLink(
  { clock }: Pick<Installation, 'clock'>,
  db: Database | Tx,
  token: string,
): Promise<SetupLinkState> {
  const link = await db
    .selectFrom('setup_links')
    .select(['expires_at', 'used_at'])
    .where('token_hash', '=', hashToken(token))
    .executeTakeFirst();
  if (link?.used_at != null || (await hasOrganiser(db))) return 'used';
  if (!link) return 'unknown';
  return link.expires_at <= clock() ? 'expired' : 'usable';
}

export type SetupOutcome =
  | { kind: 'signed_in'; cookies: SessionCookie[] }
  | { kind: 'bad_link'; state: Exclude<SetupLinkState, 'usable'> }
  | { kind: 'bad_email' };

/** Makes the first organiser, who administers the installation, and uses up the link; either both happen or neither. */
export async function useSetupLink(
  installation: Installation,
  token: string,
  form: OrganiserForm,
  browser?: Headers,
): Promise<SetupOutcome> {
  const { db, clock } = installation;
  try {
    return await db.transaction().execute(async (tx): Promise<SetupOutcome> => {
      await lockInstallation(tx);
      const used = await tx
        .updateTable('setup_links')
        .set({ used_at: clock() })
        .where('token_hash', '=', hashToken(token))
        .where('used_at', 'is', null)
        .where('expires_at', '>', clock())
        .returning('token_hash')
        .executeTakeFirst();
      if (!used || (await hasOrganiser(tx))) {
        const state = await readSetupLink(installation, tx, token);
        return { kind: 'bad_link', state: state === 'usable' ? 'unknown' : state };
      }
      const { userId, cookies } = await signUp(installation, tx, form, browser);
      await tx.insertInto('administrators').values({ user_id: userId, since: clock() }).execute();
      return { kind: 'signed_in', cookies };
    });
  } catch (error) {
    if (error instanceof EmailRefused) return { kind: 'bad_email' };
    throw error;
  }
}
