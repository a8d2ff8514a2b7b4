import type { CheckpointId, EventId, RegistrationId, TicketId } from '../domain/ids.ts';
import { addMillis, MINUTE, type Millis } from '../domain/time.ts';
import type { Tx } from './database/open.ts';
import { nextChange } from './database/change-numbers.ts';
import type { Installation } from './installation.ts';
import { appendOwnScan, meetingDevice } from './own-scans.ts';
import { readTicketContent, type TicketContent } from './ticket-content.ts';

/** How long before the event its meetings can be entered, in milliseconds. */
const OPENS_BEFORE = 30 * MINUTE;

/** The digital meeting of a ticket's workgroup, as it stands at a moment. */
export type Meeting =
  /** On site, or the registration has no place. */
  | { kind: 'none' }
  | { kind: 'not_yet'; from: Millis }
  /** It should be open, but nobody has entered its address yet. */
  | { kind: 'no_address' }
  | { kind: 'open'; url: string }
  | { kind: 'over' };

export function meetingOf(
  { event, registration, meetingUrl }: Pick<TicketContent, 'event' | 'registration' | 'meetingUrl'>,
  now: Millis,
): Meeting {
  if (event.held !== 'digital' || registration.state !== 'confirmed') return { kind: 'none' };
  const from = addMillis(event.startsAt, -OPENS_BEFORE);
  if (now < from) return { kind: 'not_yet', from };
  if (now >= event.endsAt) return { kind: 'over' };
  return meetingUrl ? { kind: 'open', url: meetingUrl } : { kind: 'no_address' };
}

/**
 * Opens the meeting for a ticket's holder, who from then on counts as present in the workgroup: once, however often the
 * meeting is opened. The scan is in the log before the address is told.
 *
 * @returns null when there is no such registration
 */
export async function enterMeeting(installation: Installation, id: RegistrationId): Promise<Meeting | null> {
  const ticket = await readTicketContent(installation.db, id);
  if (!ticket) return null;
  const meeting = meetingOf(ticket, installation.clock());
  if (meeting.kind !== 'open') return meeting;
  await installation.db.transaction().execute((tx) => storeEntry(tx, installation, ticket.event.id, id));
  installation.news.publish(ticket.event.id);
  return meeting;
}

async function storeEntry(
  tx: Tx,
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
): Promise<void> {
  const change = await nextChange(tx, eventId);
  const { ticketId, checkpointId } = await findTicketAndDoor(tx, id);
  const deviceId = meetingDevice(eventId);
  const entered = await tx
    .selectFrom('scans')
    .select('id')
    .where('event_id', '=', eventId)
    .where('device_id', '=', deviceId)
    .where('ticket_id', '=', ticketId)
    .executeTakeFirst();
  if (entered) return;
  const scan = { deviceId, ticketId, checkpointId, direction: 'entry', verdictShown: 'admitted' } as const;
  await appendOwnScan(tx, installation, eventId, scan, change);
}

/** The valid ticket, and the door of the workgroup's room. @throws when the room has no door, which no event lacks */
async function findTicketAndDoor(
  tx: Tx,
  id: RegistrationId,
): Promise<{ ticketId: TicketId; checkpointId: CheckpointId }> {
  return tx
    .selectFrom('registrations')
    .innerJoin('tickets', 'tickets.registration_id', 'registrations.id')
    .innerJoin('workgroups', (join) =>
      join
        .onRef('workgroups.event_id', '=', 'registrations.event_id')
        .onRef('workgroups.id', '=', 'registrations.workgroup_id'),
    )
    .innerJoin('checkpoints', (join) =>
      join
        .onRef('checkpoints.event_id', '=', 'registrations.event_id')
        .onRef('checkpoints.room_id', '=', 'workgroups.room_id'),
    )
    .select(['tickets.id as ticketId', 'checkpoints.id as checkpointId'])
    .where('registrations.id', '=', id)
    .where('tickets.revoked_at', 'is', null)
    .orderBy('checkpoints.position')
    .executeTakeFirstOrThrow();
}
