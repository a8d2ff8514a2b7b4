import type { Roles } from './decision.ts';
import type { RoomId } from './ids.ts';
import { correctedTime, effectiveScans, NEAR_TIE, type Scan } from './scan.ts';
import type { Checkpoint, Direction, Venue } from './setting.ts';
import type { Millis } from './time.ts';

/** Where one person is now, derived from the scans. */
export interface Whereabouts {
  /** Null: outside. */
  place: RoomId | null;
  /** The scan that began the stay in this place; null for somebody who was never scanned. */
  since: { time: Millis; scan: Scan } | null;
  /** When the person came to the venue for the first time; null for somebody who never did. */
  arrivedAt: Millis | null;
  /** For every room that was ever entered, the entry that began the latest stay there. */
  entries: ReadonlyMap<RoomId, Scan>;
}

/** Where a holder is now. */
export interface Presence extends Whereabouts {
  /** Further persons on the same ticket, of whom the office has decided that they are; mostly nobody. */
  others: readonly Whereabouts[];
  /** Another device's scan at nearly the same time says otherwise: the order of the two is not sure. */
  nearTie: boolean;
}

export const NEVER_SEEN: Presence = {
  place: null,
  since: null,
  arrivedAt: null,
  entries: new Map(),
  others: [],
  nearTie: false,
};

/** Everybody on the ticket: mostly one person. */
export function personsOf(presence: Presence): readonly [Whereabouts, ...Whereabouts[]] {
  return [presence, ...presence.others];
}

/** One scan that moved the holder, and what is to be said of it. */
export interface Step {
  scan: Scan;
  time: Millis;
  /** Where it left whom it moved; null: outside. */
  place: RoomId | null;
  /** Counts the visits to the venue, from 0; with the last person on the ticket a visit ends. */
  visit: number;
  /** The entry that this entry repeats without an exit between: two persons, or one scanned twice. */
  repeats: Scan | null;
}

export interface History {
  steps: Step[];
  presence: Presence;
}

/**
 * Whether a holder who is, and has been, in these places would be entering a second time.
 * `always` lets anybody in again, `after_exit` whoever is elsewhere, `never` whoever is elsewhere and never came in here.
 */
export function isRepeatedEntry(
  presence: Pick<Whereabouts, 'place' | 'entries'>,
  checkpoint: Pick<Checkpoint, 'reentry' | 'roomId'>,
): boolean {
  switch (checkpoint.reentry) {
    case 'always':
      return false;
    case 'after_exit':
      return presence.place === checkpoint.roomId;
    case 'never':
      return presence.place === checkpoint.roomId || presence.entries.has(checkpoint.roomId);
  }
}

/** Entering a room leaves the room before; leaving a workgroup's room returns to the hall; leaving the hall leaves the venue. */
function placeAfter(direction: Direction, { roomId }: Checkpoint, { mainRoomId }: Venue): RoomId | null {
  if (direction === 'entry') return roomId;
  return roomId === mainRoomId ? null : mainRoomId;
}

/**
 * Whom of several persons on one ticket a scan moves. Nobody can see it from the scan, so it is whoever would have come
 * this way: into the hall from outside, into a room from the hall, out of a room whoever is in it. So each room's
 * headcount is right as long as each of them is scanned, whichever is which.
 */
export function personMoved<Person extends Whereabouts>(
  persons: readonly [Person, ...Person[]],
  direction: Direction,
  checkpoint: Checkpoint,
  venue: Venue,
): Person {
  if (persons.length === 1) return persons[0];
  const distance = ({ place }: Person): number => {
    const main = checkpoint.roomId === venue.mainRoomId;
    const order: (RoomId | null | 'elsewhere')[] =
      direction === 'exit'
        ? [checkpoint.roomId, 'elsewhere', ...(main ? [] : [venue.mainRoomId]), null]
        : main
          ? [null, 'elsewhere', checkpoint.roomId]
          : [venue.mainRoomId, 'elsewhere', null, checkpoint.roomId];
    const known = order.indexOf(place);
    return known === -1 ? order.indexOf('elsewhere') : known;
  };
  // Where two come from the same place, the one whom the door would let in.
  const rank = (person: Person): number =>
    distance(person) * 2 + Number(direction === 'entry' && isRepeatedEntry(person, checkpoint));
  return persons.reduce((best, person) => (rank(person) < rank(best) ? person : best));
}

type Person = { -readonly [Field in keyof Whereabouts]: Whereabouts[Field] } & { entries: Map<RoomId, Scan> };

const somebodyOutside = (): Person => ({ place: null, since: null, arrivedAt: null, entries: new Map() });

const UNDECIDED: Roles = new Map();

/**
 * Folds one holder's scans, in any order and with repetitions, into what happened and where the holder is now.
 * Scans of checkpoints that the venue doesn't have move nobody, nor do those that the office has found to be mistakes.
 * An entry that brought in a further person makes the holder two persons from then on.
 */
export function foldHistory(scans: Iterable<Scan>, venue: Venue, roles = UNDECIDED): History {
  const steps: Step[] = [];
  const persons: [Person, ...Person[]] = [somebodyOutside()];
  let visit = 0;
  for (const scan of effectiveScans(scans)) {
    const checkpoint = venue.checkpoints.get(scan.checkpointId);
    const role = roles.get(scan.id);
    if (!checkpoint || role === 'mistake') continue;
    const comes = role === 'further_person' && scan.direction === 'entry' ? somebodyOutside() : null;
    if (comes) persons.push(comes);
    const person = comes ?? personMoved(persons, scan.direction, checkpoint, venue);
    const { place: before, entries } = person;
    const time = correctedTime(scan);
    const repeated = scan.direction === 'entry' && isRepeatedEntry(person, checkpoint);
    const repeats = repeated ? (entries.get(checkpoint.roomId) ?? person.since?.scan ?? null) : null;
    const place = placeAfter(scan.direction, checkpoint, venue);
    person.place = place;
    if (scan.direction === 'entry' && before !== place) entries.set(checkpoint.roomId, scan);
    if (before !== place || person.since === null) person.since = { time, scan };
    if (place !== null) person.arrivedAt ??= time;
    steps.push({ scan, time, place, visit, repeats });
    if (persons.every((one) => one.place === null)) visit += 1;
  }
  const [holder, ...others] = persons;
  return { steps, presence: { ...holder, others, nearTie: endsInNearTie(steps) } };
}

/** Whether another device, at nearly the same time as the last scan, left the holder elsewhere. */
function endsInNearTie(steps: Step[]): boolean {
  const last = steps.at(-1);
  return steps.some(
    (step) =>
      step.scan.deviceId !== last!.scan.deviceId &&
      step.place !== last!.place &&
      last!.time - step.time < NEAR_TIE,
  );
}
