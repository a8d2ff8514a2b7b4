import type { RoomId } from './ids.ts';
import { correctedTime, effectiveScans, NEAR_TIE, type Scan } from './scan.ts';
import type { Checkpoint, Venue } from './setting.ts';
import type { Millis } from './time.ts';

/** Where a holder is now, derived from the scans. */
export interface Presence {
  /** Null: outside. */
  place: RoomId | null;
  /** The scan that began the stay in this place; null for somebody who was never scanned. */
  since: { time: Millis; scan: Scan } | null;
  /** When the holder came to the venue for the first time; null for somebody who never did. */
  arrivedAt: Millis | null;
  /** For every room that was ever entered, the entry that began the latest stay there. */
  entries: ReadonlyMap<RoomId, Scan>;
  /** Another device's scan at nearly the same time says otherwise: the order of the two is not sure. */
  nearTie: boolean;
}

export const NEVER_SEEN: Presence = {
  place: null,
  since: null,
  arrivedAt: null,
  entries: new Map(),
  nearTie: false,
};

/** One scan that moved the holder, and what is to be said of it. */
export interface Step {
  scan: Scan;
  time: Millis;
  /** Where it left the holder; null: outside. */
  place: RoomId | null;
  /** Counts the visits to the venue, from 0. */
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
  presence: Pick<Presence, 'place' | 'entries'>,
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
function placeAfter(scan: Scan, checkpoint: Checkpoint, venue: Venue): RoomId | null {
  if (scan.direction === 'entry') return checkpoint.roomId;
  return checkpoint.roomId === venue.mainRoomId ? null : venue.mainRoomId;
}

/**
 * Folds one holder's scans, in any order and with repetitions, into what happened and where the holder is now.
 * Scans of checkpoints that the venue doesn't have move nobody.
 */
export function foldHistory(scans: Iterable<Scan>, venue: Venue): History {
  const steps: Step[] = [];
  const entries = new Map<RoomId, Scan>();
  let place: RoomId | null = null;
  let since: Presence['since'] = null;
  let arrivedAt: Presence['arrivedAt'] = null;
  let visit = 0;
  for (const scan of effectiveScans(scans)) {
    const checkpoint = venue.checkpoints.get(scan.checkpointId);
    if (!checkpoint) continue;
    const before: RoomId | null = place;
    const time = correctedTime(scan);
    const repeated = scan.direction === 'entry' && isRepeatedEntry({ place, entries }, checkpoint);
    const repeats = repeated ? (entries.get(checkpoint.roomId) ?? since?.scan ?? null) : null;
    place = placeAfter(scan, checkpoint, venue);
    if (scan.direction === 'entry' && before !== place) entries.set(checkpoint.roomId, scan);
    if (before !== place || since === null) since = { time, scan };
    if (place !== null) arrivedAt ??= time;
    steps.push({ scan, time, place, visit, repeats });
    if (place === null) visit += 1;
  }
  return { steps, presence: { place, since, arrivedAt, entries, nearTie: endsInNearTie(steps) } };
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
