import { isRepeatedEntry, personMoved, personsOf, type Presence } from './history.ts';
import type { EventId, HolderId, RoomId, TicketId } from './ids.ts';
import { revokedAt, type Registration } from './registration.ts';
import { workgroupByNumber, type Checkpoint, type Direction, type Venue, type Workgroup } from './setting.ts';
import { correctedTime } from './scan.ts';
import type { Ticket, TicketReading } from './ticket.ts';
import type { Millis } from './time.ts';
import type { Refusal, Verdict } from './verdict.ts';

/** What a decision is made from; a tablet answers from memory. */
export interface Knowledge {
  venue: Venue;
  registrationOf(ticketId: TicketId): Registration | null;
  holderOf(ticketId: TicketId): HolderId;
  presenceOf(holder: HolderId): Presence;
  /** Persons known to be in the room. */
  headcount(roomId: RoomId): number;
}

export interface AdmissionRequest {
  reading: TicketReading;
  checkpoint: Checkpoint;
  direction: Direction;
  /** The server's time as well as it is known. */
  now: Millis;
}

/** Whoever is leaving may leave: what never keeps anybody inside. */
const NO_HINDRANCE_TO_LEAVE: ReadonlySet<Refusal> = new Set([
  'cancelled',
  'too_late',
  'wrong_workgroup',
  'already_inside',
  'room_full',
]);

/**
 * Decides whether a ticket opens a door. The order of the rules is the order in which reasons are shown.
 *
 * Where the roster holds the ticket, its workgroup and state and the event's times win over what is printed on the
 * ticket; where it does not, the signature alone must do.
 */
export function decideAdmission(request: AdmissionRequest, knowledge: Knowledge): Verdict {
  const { reading } = request;
  if (reading.kind === 'no_ticket') {
    const { unknownNumber } = reading;
    return { word: 'invalid', registration: null, workgroup: null, ...(unknownNumber && { unknownNumber }) };
  }
  const { ticket } = reading;
  const { venue } = knowledge;
  if (ticket.eventId !== venue.setting.eventId) {
    return {
      word: 'other_event',
      registration: null,
      workgroup: null,
      event: findOtherEvent(venue, ticket.eventId),
    };
  }
  const registration = knowledge.registrationOf(ticket.ticketId);
  if (!registration && reading.keyRevoked) return { word: 'invalid', registration: null, workgroup: null };
  const workgroup = registration
    ? (venue.workgroups.get(registration.workgroupId) ?? null)
    : workgroupByNumber(venue, ticket.workgroupNumber);

  const about = { registration, workgroup };
  for (const refusal of refusals(request, ticket, about, knowledge)) {
    if (request.direction === 'entry' || !NO_HINDRANCE_TO_LEAVE.has(refusal.word as Refusal)) return refusal;
  }
  return { word: request.direction === 'entry' ? 'admitted' : 'left', ...about };
}

function* refusals(
  { checkpoint, now }: AdmissionRequest,
  ticket: Ticket,
  about: { registration: Registration | null; workgroup: Workgroup | null },
  knowledge: Knowledge,
): Generator<Verdict> {
  const { registration, workgroup } = about;
  const { setting } = knowledge.venue;
  if (registration && revokedAt(registration, ticket.ticketId) !== null) yield { word: 'revoked', ...about };
  if (registration?.state === 'cancelled') yield { word: 'cancelled', ...about };
  if (registration?.state === 'waitlisted') yield { word: 'waitlisted', ...about };

  const from = registration ? setting.admissionFrom : ticket.validFrom;
  const until = registration ? setting.admissionUntil : ticket.validUntil;
  if (now < from) yield { word: 'too_early', ...about, from };
  if (now > until) yield { word: 'too_late', ...about, until };

  if (checkpoint.admits === 'own_workgroup' && workgroup?.roomId !== checkpoint.roomId) {
    yield { word: 'wrong_workgroup', ...about };
  }
  const persons = personsOf(knowledge.presenceOf(knowledge.holderOf(ticket.ticketId)));
  const person = personMoved(persons, 'entry', checkpoint, knowledge.venue);
  if (isRepeatedEntry(person, checkpoint)) {
    const stay =
      person.place === checkpoint.roomId ? person.since?.scan : person.entries.get(checkpoint.roomId);
    if (stay) {
      const { checkpointId, deviceId } = stay;
      yield { word: 'already_inside', ...about, since: correctedTime(stay), checkpointId, deviceId };
    }
  }
  const room = knowledge.venue.rooms.get(checkpoint.roomId);
  const headcount = knowledge.headcount(checkpoint.roomId);
  if (room && person.place !== room.id && headcount >= room.capacity) {
    yield { word: 'room_full', ...about, room, headcount };
  }
}

function findOtherEvent(venue: Venue, eventId: EventId) {
  return venue.setting.otherEvents.find((event) => event.eventId === eventId) ?? null;
}
