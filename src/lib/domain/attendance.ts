import { arrivalsOf, type Arrivals } from './arrivals.ts';
import type { EventState } from './event-state.ts';
import { foldHistory, type Presence } from './history.ts';
import type { HolderId, RegistrationId, RoomId, WorkgroupId } from './ids.ts';
import type { Registration } from './registration.ts';
import type { Millis } from './time.ts';

/** The most persons that were somewhere at the same moment, and since when; null where nobody ever was. */
export interface Peak {
  count: number;
  at: Millis | null;
}

export interface WorkgroupAttendance {
  id: WorkgroupId;
  /** Had a place before the doors opened. */
  registered: number;
  /** Of these, whoever came to the venue. */
  came: number;
  noShows: number;
  /** Were taken up at a door. */
  walkIns: number;
  waiting: number;
  /** Whoever was ever in the workgroup's room, also from other workgroups. */
  inRoom: number;
  /** Of the workgroup's room. */
  peak: Peak;
}

/** Who came and who did not, in numbers alone. */
export interface Attendance {
  registered: number;
  /** Everybody who ever came in, each once. */
  came: number;
  /** Of those who came: had a place before the doors opened. */
  cameRegistered: number;
  noShows: number;
  /** Of those who came: were taken up at a door. */
  walkIns: number;
  /** Of those who came: had no place, or showed a ticket that nobody knows. */
  others: number;
  waiting: number;
  cancelled: number;
  conflicts: number;
  peak: Peak;
  workgroups: WorkgroupAttendance[];
  /** Counted up to the end of the event, so that they do not change any more after it. */
  arrivals: Arrivals;
}

/**
 * Counts who came to an event.
 *
 * @param walkIns - the registrations that were made at a door
 */
export function attendanceOf(
  state: EventState,
  walkIns: ReadonlySet<RegistrationId>,
  now: Millis,
): Attendance {
  const { setting } = state.venue;
  const peaks = peaksOf(state);
  const workgroups = new Map<WorkgroupId, WorkgroupAttendance>();
  for (const { id, roomId } of setting.workgroups)
    workgroups.set(id, {
      id,
      registered: 0,
      came: 0,
      noShows: 0,
      walkIns: 0,
      waiting: 0,
      inRoom: 0,
      peak: peaks.rooms.get(roomId) ?? NOBODY,
    });

  const total = { registered: 0, cameRegistered: 0, walkIns: 0, waiting: 0, cancelled: 0 };
  for (const registration of state.registrations.values()) {
    const { id, state: standing, workgroupId } = registration;
    const own = workgroups.get(workgroupId);
    if (standing === 'waitlisted') {
      total.waiting += 1;
      if (own) own.waiting += 1;
    } else if (standing === 'cancelled') total.cancelled += 1;
    else if (!walkIns.has(id)) {
      total.registered += 1;
      if (own) own.registered += 1;
    }
    if (!hasCome(state.presenceOf(id))) continue;
    if (hadPlace(registration, walkIns)) {
      total.cameRegistered += 1;
      if (own) own.came += 1;
    } else if (walkIns.has(id)) {
      total.walkIns += 1;
      if (own) own.walkIns += 1;
    }
  }

  let came = 0;
  for (const [, presence] of state.seen()) {
    if (hasCome(presence)) came += 1;
    for (const { id, roomId } of setting.workgroups)
      if (presence.entries.has(roomId)) workgroups.get(id)!.inRoom += 1;
  }
  for (const workgroup of workgroups.values()) workgroup.noShows = workgroup.registered - workgroup.came;
  return {
    ...total,
    came,
    noShows: total.registered - total.cameRegistered,
    others: came - total.cameRegistered - total.walkIns,
    conflicts: state.conflicts().length,
    peak: peaks.venue,
    workgroups: [...workgroups.values()],
    arrivals: arrivalsOf(state.arrivals(), now < setting.endsAt ? now : setting.endsAt),
  };
}

const NOBODY: Peak = { count: 0, at: null };

const hasCome = ({ arrivedAt }: Presence): boolean => arrivedAt !== null;

const hadPlace = ({ id, state }: Registration, walkIns: ReadonlySet<RegistrationId>): boolean =>
  state === 'confirmed' && !walkIns.has(id);

interface Move {
  time: Millis;
  from: RoomId | null;
  to: RoomId | null;
}

/** How full each room and the venue were at the most. What happens in the same millisecond is counted as one move. */
function peaksOf(state: EventState): { venue: Peak; rooms: Map<RoomId, Peak> } {
  const moves: Move[] = [];
  for (const [holder] of state.seen()) moves.push(...movesOf(state, holder));
  moves.sort((a, b) => a.time - b.time);

  const heads = new Map<RoomId, number>();
  const rooms = new Map<RoomId, Peak>();
  let venue = NOBODY;
  let inside = 0;
  moves.forEach(({ time, from, to }, i) => {
    if (from !== null) heads.set(from, heads.get(from)! - 1);
    else inside += 1;
    if (to !== null) heads.set(to, (heads.get(to) ?? 0) + 1);
    else inside -= 1;
    if (moves[i + 1]?.time === time) return;
    for (const [room, count] of heads)
      if (count > (rooms.get(room)?.count ?? 0)) rooms.set(room, { count, at: time });
    if (inside > venue.count) venue = { count: inside, at: time };
  });
  return { venue, rooms };
}

function movesOf(state: EventState, holder: HolderId): Move[] {
  const moves: Move[] = [];
  let from: RoomId | null = null;
  for (const { time, place } of foldHistory(state.scansOf(holder), state.venue).steps) {
    if (place !== from) moves.push({ time, from, to: place });
    from = place;
  }
  return moves;
}
