import type { EventId, RegistrationId, WorkgroupId } from '../domain/ids.ts';
import type { RegistrationState } from '../domain/registration.ts';
import type { Checkpoint, Localized } from '../domain/setting.ts';
import type { TicketNumber } from '../domain/ticket-number.ts';
import { ticketNumberOf } from '../domain/ticket-number.ts';
import type { RegistrationRow } from './database/schema.ts';
import { lastByHand, type LastByHand } from './desk.ts';
import type { Installation } from './installation.ts';
import { listRegistrations } from './registration-list.ts';
import { presenceIn, type RegistrationRecord } from './registration-record.ts';
import { findRegistration, findTicketPage } from './registrations.ts';
import { ticketLink } from './tickets.ts';

/** The most people that a search at the desk shows: more nobody reads in a queue. */
export const DESK_HITS = 20;

/** Somebody as the desk finds them. */
export interface DeskHit {
  id: RegistrationId;
  name: string;
  workgroup: Localized | null;
  room: Localized | null;
  state: RegistrationState;
  /** Where everybody on the ticket is; nobody before the first scan. */
  presence: RegistrationRecord['presence'];
}

export interface DeskHits {
  hits: DeskHit[];
  total: number;
}

/** Whom a name, an e-mail address or a ticket's number finds; nobody where nothing is searched for. */
export async function searchAtDesk(
  installation: Installation,
  eventId: EventId,
  search: string,
): Promise<DeskHits> {
  if (search.trim() === '') return { hits: [], total: 0 };
  const query = { search, workgroupId: null, state: null, sort: 'name', page: 1 } as const;
  const { rows, total } = await listRegistrations(installation, eventId, query);
  const state = await installation.states.read(eventId);
  const hits = rows
    .filter((row) => row.erased_at === null)
    .slice(0, DESK_HITS)
    .map((row) => ({
      id: row.id,
      name: row.name,
      ...placeOf(state.venue, row.workgroup_id),
      state: row.state,
      presence: presenceIn(state, row.id),
    }));
  return { hits, total };
}

/** Somebody who stands before the desk. */
export interface DeskPerson extends DeskHit {
  registration: RegistrationRow;
  /** What may be taken back. */
  last: LastByHand | null;
  /** The valid ticket; null for whoever has no place. */
  ticket: { text: string; number: TicketNumber; pdf: string } | null;
}

/** @returns null when the event has no such registration, or everything about it has been erased */
export async function readAtDesk(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
): Promise<DeskPerson | null> {
  const registration = await findRegistration(installation.db, eventId, id);
  if (!registration || registration.erased_at !== null) return null;
  const state = await installation.states.read(eventId);
  const page = registration.state === 'confirmed' ? await findTicketPage(installation.db, id) : null;
  const ticketId = state.registrations.get(id)?.ticketId;
  return {
    id,
    name: registration.name,
    ...placeOf(state.venue, registration.workgroup_id),
    state: registration.state,
    presence: presenceIn(state, id),
    registration,
    last: lastByHand(state, id),
    ticket:
      page && ticketId
        ? {
            text: page.ticketText,
            number: ticketNumberOf(ticketId),
            pdf: `/ticket/${ticketLink(installation, id)}/ticket.pdf`,
          }
        : null,
  };
}

/** The event's doors, the hall's first; and of each whether it serves a direction. */
export async function listDoors(
  installation: Installation,
  eventId: EventId,
): Promise<Pick<Checkpoint, 'id' | 'name' | 'directions'>[]> {
  const { venue } = await installation.states.read(eventId);
  const isMain = ({ roomId }: Checkpoint) => Number(roomId !== venue.mainRoomId);
  return [...venue.setting.checkpoints]
    .sort((a, b) => isMain(a) - isMain(b))
    .map(({ id, name, directions }) => ({ id, name, directions }));
}

function placeOf(
  { workgroups, rooms }: Awaited<ReturnType<Installation['states']['read']>>['venue'],
  workgroupId: WorkgroupId,
): Pick<DeskHit, 'workgroup' | 'room'> {
  const workgroup = workgroups.get(workgroupId);
  return {
    workgroup: workgroup?.title ?? null,
    room: (workgroup && rooms.get(workgroup.roomId)?.name) ?? null,
  };
}
