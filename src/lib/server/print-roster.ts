import type { AccessNeeds } from '../domain/access-needs.ts';
import type { EventId, WorkgroupId } from '../domain/ids.ts';
import type { Localized } from '../domain/setting.ts';
import { writeAct, type Actor } from './acts.ts';
import type { Database } from './database/open.ts';
import { listRooms, listWorkgroups } from './events.ts';
import type { Installation } from './installation.ts';
import { readNeeds } from './registrations.ts';

/** Who is printed: of everybody with a place, the name and what the door needs. */
export interface PrintedGuest {
  name: string;
  needs: AccessNeeds;
  /** The text of the QR code. */
  ticketText: string;
}

export interface PrintedWorkgroup {
  number: number;
  title: Localized;
  room: Localized;
  /** Sorted by name, as the office's list is. */
  guests: PrintedGuest[];
}

/** @param workgroupId - null for all of them */
export async function readPrintRoster(
  db: Database,
  eventId: EventId,
  workgroupId: WorkgroupId | null,
): Promise<PrintedWorkgroup[]> {
  const rooms = await listRooms(db, eventId);
  const workgroups = (await listWorkgroups(db, eventId)).filter(
    ({ id }) => workgroupId === null || id === workgroupId,
  );
  const printed: PrintedWorkgroup[] = [];
  for (const { id, number, title, roomId } of workgroups) {
    const room = rooms.find((room) => room.id === roomId)!.name;
    printed.push({ number, title, room, guests: await readGuests(db, eventId, id) });
  }
  return printed;
}

async function readGuests(db: Database, eventId: EventId, workgroupId: WorkgroupId): Promise<PrintedGuest[]> {
  const rows = await db
    .selectFrom('registrations')
    .innerJoin('tickets', 'tickets.registration_id', 'registrations.id')
    .select(['registrations.name', 'registrations.access_needs', 'tickets.text'])
    .where('registrations.event_id', '=', eventId)
    .where('registrations.workgroup_id', '=', workgroupId)
    .where('registrations.state', '=', 'confirmed')
    .where('registrations.erased_at', 'is', null)
    .where('tickets.revoked_at', 'is', null)
    .orderBy('registrations.name_key')
    .orderBy('registrations.id')
    .execute();
  return rows.map(({ name, access_needs, text }) => ({
    name,
    needs: readNeeds(access_needs),
    ticketText: text,
  }));
}

/** Writes down that names are taken out of the house. */
export async function notePrinted(
  installation: Installation,
  eventId: EventId,
  what: 'lists' | 'badges',
  printed: PrintedWorkgroup[],
  by: Actor = null,
): Promise<void> {
  const people = printed.reduce((sum, { guests }) => sum + guests.length, 0);
  await installation.db
    .transaction()
    .execute((tx) =>
      writeAct(installation, tx, { eventId, by, kind: 'names_printed', details: { what, people } }),
    );
}
