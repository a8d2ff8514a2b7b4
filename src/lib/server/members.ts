import * as v from 'valibot';
import { EventIdSchema, type EventId } from '../domain/ids.ts';
import { ROLES, type Role, type Standing } from '../domain/office-rights.ts';
import type { Organiser } from './accounts.ts';
import { writeAct, type Actor } from './acts.ts';
import type { Database } from './database/open.ts';
import { findEvent, listEvents, type EventPage } from './events.ts';
import type { Installation } from './installation.ts';

/** Somebody who may see or do something at an event. */
export interface Member {
  id: string;
  name: string;
  email: string;
  role: Role;
}

/** What somebody is to the installation and, where one is named, to an event. */
export async function readStanding(db: Database, userId: string, eventId: EventId | null): Promise<Standing> {
  const administrator = await db
    .selectFrom('administrators')
    .select('user_id')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  const member =
    eventId === null
      ? undefined
      : await db
          .selectFrom('members')
          .select('role')
          .where('event_id', '=', eventId)
          .where('user_id', '=', userId)
          .executeTakeFirst();
  return { administrator: administrator !== undefined, role: member?.role ?? null };
}

/** What somebody is at the event that a route names: by its slug, or on the wire by its id. */
export async function standingAt(
  { db }: Pick<Installation, 'db'>,
  { id }: Pick<Organiser, 'id'>,
  params: { event?: string; eventId?: string },
): Promise<Standing> {
  const eventId = v.safeParse(EventIdSchema, params.eventId);
  const event =
    params.event !== undefined
      ? await findEvent(db, { slug: params.event })
      : eventId.success && (await findEvent(db, { id: eventId.output }));
  return readStanding(db, id, event ? event.id : null);
}

/** The events that somebody may see in the office. */
export async function listEventsOf(db: Database, { id }: Pick<Organiser, 'id'>): Promise<EventPage[]> {
  const events = await listEvents(db);
  const { administrator } = await readStanding(db, id, null);
  if (administrator) return events;
  const rows = await db.selectFrom('members').select('event_id').where('user_id', '=', id).execute();
  const own = new Set(rows.map(({ event_id }) => event_id));
  return events.filter((event) => own.has(event.id));
}

/** The members of an event, owners first. */
export async function listMembers(db: Database, eventId: EventId): Promise<Member[]> {
  const members = await db
    .selectFrom('members')
    .innerJoin('users', 'users.id', 'members.user_id')
    .select(['users.id', 'users.name', 'users.email', 'members.role'])
    .where('event_id', '=', eventId)
    .orderBy('users.name')
    .execute();
  return members.sort((a, b) => ROLES.indexOf(b.role) - ROLES.indexOf(a.role));
}

/** Who administers the installation, and so every event. */
export async function listAdministrators(db: Database): Promise<Omit<Member, 'role'>[]> {
  return db
    .selectFrom('administrators')
    .innerJoin('users', 'users.id', 'administrators.user_id')
    .select(['users.id', 'users.name', 'users.email'])
    .orderBy('users.name')
    .execute();
}

/** Gives a member another role. @returns false when there is no such member */
export async function changeRole(
  installation: Installation,
  eventId: EventId,
  userId: string,
  role: Role,
  by: Actor,
): Promise<boolean> {
  return installation.db.transaction().execute(async (tx) => {
    const changed = await tx
      .updateTable('members')
      .set({ role })
      .where('event_id', '=', eventId)
      .where('user_id', '=', userId)
      .where('role', '!=', role)
      .returning('user_id')
      .executeTakeFirst();
    if (changed) {
      const details = { role };
      await writeAct(installation, tx, {
        eventId,
        by,
        kind: 'member_role_changed',
        subject: userId,
        details,
      });
    }
    return changed !== undefined;
  });
}

/** Takes somebody's role at an event away; the account stays. @returns false when there is no such member */
export async function removeMember(
  installation: Installation,
  eventId: EventId,
  userId: string,
  by: Actor,
): Promise<boolean> {
  return installation.db.transaction().execute(async (tx) => {
    const removed = await tx
      .deleteFrom('members')
      .where('event_id', '=', eventId)
      .where('user_id', '=', userId)
      .returning('user_id')
      .executeTakeFirst();
    if (removed) await writeAct(installation, tx, { eventId, by, kind: 'member_removed', subject: userId });
    return removed !== undefined;
  });
}
