import type { Server } from './server.ts';

/**
 * Where everybody is, written down as plainly as it can be said, from the rows of the database and without the code
 * under test: each person's scans in the order of time, the last one counts. Of several on one ticket nobody knows who
 * is who: each scan moves one who would have come this way, rather one whom the door would let in.
 */

export interface LogRow {
  id: string;
  device_id: string;
  device_seq: number;
  ticket_id: string | null;
  payload_hash: string | null;
  checkpoint_id: string;
  direction: 'entry' | 'exit';
  device_time: number;
  clock_offset: number;
  verdict_shown: string;
  override_by: string | null;
  undoes: string | null;
  received_at: number;
}

interface Someone {
  place: string | null;
  cameIn: Set<string>;
}

const DAY = 86_400_000;
const time = ({ device_time, clock_offset }: LogRow) =>
  device_time + Math.min(DAY, Math.max(-DAY, clock_offset));

/** @param holding - the decisions that hold, by their ids */
export function naiveHeadcount(server: Server, holding: ReadonlySet<string>): Map<string, number> {
  const log = server.rows<LogRow>('select * from scans');
  const doors = new Map(
    server
      .rows<{ id: string; room_id: string; reentry: string }>('select id, room_id, reentry from checkpoints')
      .map((door) => [door.id, door]),
  );
  const hall = server.rows<{ id: string }>('select id from rooms where main = 1')[0]!.id;
  const holders = new Map(
    server
      .rows<{ id: string; registration_id: string }>('select id, registration_id from tickets')
      .map((ticket) => [ticket.id, ticket.registration_id]),
  );
  const roles = new Map<string, string>();
  for (const { id, scans } of server.rows<{ id: string; scans: string }>('select id, scans from decisions'))
    if (holding.has(id))
      for (const scan of JSON.parse(scans) as { id: string; role: string }[]) roles.set(scan.id, scan.role);

  const takenBack = new Set(
    log.flatMap((undo) => {
      const target = log.find(({ id }) => id === undo.undoes);
      const same =
        target?.device_id === undo.device_id &&
        target.ticket_id === undo.ticket_id &&
        target.payload_hash === undo.payload_hash;
      return same ? [target.id] : [];
    }),
  );
  const moves = log
    .filter(({ id, undoes }) => undoes === null && !takenBack.has(id))
    .filter(
      ({ verdict_shown, override_by }) =>
        ['admitted', 'left'].includes(verdict_shown) || override_by !== null,
    )
    .sort(
      (a, b) =>
        time(a) - time(b) ||
        (a.device_id < b.device_id ? -1 : a.device_id > b.device_id ? 1 : a.device_seq - b.device_seq),
    );

  const crowds = new Map<string, Someone[]>();
  for (const { id, ticket_id, payload_hash, checkpoint_id, direction } of moves) {
    const door = doors.get(checkpoint_id);
    const role = roles.get(id);
    if (!door || role === 'mistake') continue;
    const who = (ticket_id && holders.get(ticket_id)) ?? ticket_id ?? payload_hash!;
    const crowd = crowds.get(who) ?? [{ place: null, cameIn: new Set<string>() }];
    crowds.set(who, crowd);
    const further: Someone = { place: null, cameIn: new Set() };
    if (role === 'further_person' && direction === 'entry') crowd.push(further);
    const one = crowd.includes(further)
      ? further
      : whoMoves(crowd, direction, door.room_id, door.reentry, hall);
    const before = one.place;
    one.place = direction === 'entry' ? door.room_id : door.room_id === hall ? null : hall;
    if (direction === 'entry' && before !== door.room_id) one.cameIn.add(door.room_id);
  }
  const counts = new Map<string, number>();
  for (const { place } of [...crowds.values()].flat())
    if (place !== null) counts.set(place, (counts.get(place) ?? 0) + 1);
  return counts;
}

function whoMoves(crowd: Someone[], direction: string, room: string, reentry: string, hall: string): Someone {
  const isElsewhere = ({ place }: Someone) => place !== null && place !== hall && place !== room;
  const isAt = (place: string | null) => (one: Someone) => one.place === place;
  const ways =
    direction === 'exit'
      ? [isAt(room), isElsewhere, isAt(hall), isAt(null)]
      : room === hall
        ? [isAt(null), isElsewhere, isAt(room)]
        : [isAt(hall), isElsewhere, isAt(null), isAt(room)];
  const come = crowd.filter(ways.find((way) => crowd.some(way))!);
  const isAgain = ({ place, cameIn }: Someone) =>
    reentry !== 'always' && (place === room || (reentry === 'never' && cameIn.has(room)));
  return (direction === 'entry' && come.find((one) => !isAgain(one))) || come[0]!;
}
