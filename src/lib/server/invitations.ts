import type { EventId } from '../domain/ids.ts';
import { ROLES, type Role } from '../domain/office-rights.ts';
import { addMillis, DAY } from '../domain/time.ts';
import type { Organiser } from './accounts.ts';
import { writeAct, type Actor } from './acts.ts';
import { EmailRefused, signUp, type SessionCookie } from './auth.ts';
import { lockEvent } from './database/locks.ts';
import type { Database, Tx } from './database/open.ts';
import type { Installation } from './installation.ts';
import type { OrganiserForm } from './organiser-form.ts';
import { createToken, hashToken } from './secrets.ts';

const LIFETIME = 7 * DAY;

/** Makes a link by which one person gets a role at an event. @returns its token, of which only the hash is kept */
export async function createInvitation(
  installation: Installation,
  eventId: EventId,
  role: Role,
  by: Actor,
): Promise<string> {
  const token = createToken();
  const now = installation.clock();
  await installation.db.transaction().execute(async (tx) => {
    await tx
      .insertInto('invitations')
      .values({
        token_hash: hashToken(token),
        event_id: eventId,
        role,
        created_at: now,
        expires_at: addMillis(now, LIFETIME),
        used_at: null,
      })
      .execute();
    await writeAct(installation, tx, { eventId, by, kind: 'member_invited', details: { role } });
  });
  return token;
}

/** An invitation as its link shows it. */
export type InvitationState =
  { kind: 'usable'; eventId: EventId; role: Role } | { kind: 'unknown' | 'expired' | 'used' };

export async function readInvitation(
  { clock }: Pick<Installation, 'clock'>,
  db: Database | Tx,
  token: string,
): Promise<InvitationState> {
  const row = await db
    .selectFrom('invitations')
    .selectAll()
    .where('token_hash', '=', hashToken(token))
    .executeTakeFirst();
  if (!row) return { kind: 'unknown' };
  if (row.used_at !== null) return { kind: 'used' };
  if (row.expires_at <= clock()) return { kind: 'expired' };
  return { kind: 'usable', eventId: row.event_id, role: row.role };
}

export type InvitationOutcome =
  | { kind: 'joined'; eventId: EventId; cookies: SessionCookie[] }
  | { kind: 'bad_link'; state: 'unknown' | 'expired' | 'used' }
  | { kind: 'bad_email' };

/** Takes up an invitation with the account that somebody is signed in with. */
export function acceptInvitation(
  installation: Installation,
  token: string,
  organiser: Pick<Organiser, 'id' | 'name'>,
): Promise<InvitationOutcome> {
  return useInvitation(installation, token, () => Promise.resolve({ user: organiser, cookies: [] }));
}

/** Takes up an invitation with a new account, which is signed in. */
export async function acceptWithNewAccount(
  installation: Installation,
  token: string,
  form: OrganiserForm,
  browser?: Headers,
): Promise<InvitationOutcome> {
  try {
    return await useInvitation(installation, token, async (tx) => {
      const { userId, cookies } = await signUp(installation, tx, form, browser);
      return { user: { id: userId, name: form.name }, cookies };
    });
  } catch (error) {
    if (error instanceof EmailRefused) return { kind: 'bad_email' };
    throw error;
  }
}

type Arrival = (tx: Tx) => Promise<{ user: Pick<Organiser, 'id' | 'name'>; cookies: SessionCookie[] }>;

/** Uses up the link and gives the role, or neither. An invitation takes no role away: the higher one stays. */
function useInvitation(
  installation: Installation,
  token: string,
  arrive: Arrival,
): Promise<InvitationOutcome> {
  const { db, clock } = installation;
  return db.transaction().execute(async (tx): Promise<InvitationOutcome> => {
    const used = await tx
      .updateTable('invitations')
      .set({ used_at: clock() })
      .where('token_hash', '=', hashToken(token))
      .where('used_at', 'is', null)
      .where('expires_at', '>', clock())
      .returning(['event_id as eventId', 'role'])
      .executeTakeFirst();
    if (!used) {
      const { kind } = await readInvitation(installation, tx, token);
      return { kind: 'bad_link', state: kind === 'usable' ? 'unknown' : kind };
    }
    const { eventId, role } = used;
    await lockEvent(tx, eventId);
    const { user, cookies } = await arrive(tx);
    const present = await tx
      .selectFrom('members')
      .select('role')
      .where('event_id', '=', eventId)
      .where('user_id', '=', user.id)
      .executeTakeFirst();
    if (!present || ROLES.indexOf(present.role) < ROLES.indexOf(role)) {
      await tx
        .insertInto('members')
        .values({ event_id: eventId, user_id: user.id, role, since: clock() })
        .onConflict((conflict) => conflict.columns(['event_id', 'user_id']).doUpdateSet({ role }))
        .execute();
      const joined = { by: user, kind: 'member_joined', subject: user.id, details: { role } } as const;
      await writeAct(installation, tx, { eventId, ...joined });
    }
    return { kind: 'joined', eventId, cookies };
  });
}
