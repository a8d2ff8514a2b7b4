import type { Decision } from '../../../domain/decision.ts';
import type { TicketId } from '../../../domain/ids.ts';
import type { ScanRow } from '../../database/schema.ts';

const DAY = 86_400_000;

/** A door, as its row says. */
export interface PlainDoor {
  id: string;
  room: string;
  reentry: string;
}

export interface PlainLog {
  scans: ScanRow[];
  doors: PlainDoor[];
  /** The room that one leaves the venue by. */
  mainRoom: string;
  /** Whose each ticket is; of others a ticket stands for itself. */
  ownerOf: ReadonlyMap<TicketId, string>;
  /** The decisions that hold. */
  decisions: readonly Pick<Decision, 'scans'>[];
}

interface Someone {
  place: string | null;
  cameIn: Set<string>;
}

/**
 * How many are in each room, counted from the log's rows without any of the code that counts them otherwise: it is here
 * to notice when that is wrong, and so shares nothing with it. Each person's scans in the order of time; the last one
 * says where they are. Of several on one ticket nobody knows who is who: each scan moves one who would have come this
 * way, rather one whom the door would let in, and else the first of them.
 */
export function naiveCount({ scans, doors, mainRoom, ownerOf, decisions }: PlainLog): Map<string, number> {
  const doorOf = new Map(doors.map((door) => [door.id, door]));
  const byId = new Map(scans.map((scan) => [scan.id as string, scan]));
  const takenBack = new Set<string>();
  for (const undo of scans) {
    const target = undo.undoes === null ? undefined : byId.get(undo.undoes);
    if (!target || target.device_id !== undo.device_id) continue;
    if (target.ticket_id === undo.ticket_id && target.payload_hash === undo.payload_hash)
      takenBack.add(target.id);
  }
  const time = (scan: ScanRow) =>
    scan.device_time + Math.min(DAY, Math.max(-DAY, Math.round(scan.clock_offset)));
  const moves = scans
    .filter(({ undoes }) => undoes === null)
    .filter((scan) => ['admitted', 'left'].includes(scan.verdict_shown) || scan.override_by !== null)
    .filter((scan) => doorOf.has(scan.checkpoint_id) && !takenBack.has(scan.id))
    .sort((a, b) => {
      if (time(a) !== time(b)) return time(a) - time(b);
      if (a.device_id !== b.device_id) return a.device_id < b.device_id ? -1 : 1;
      return a.device_seq - b.device_seq;
    });
  const roles = new Map(decisions.flatMap((one) => one.scans.map(({ id, role }) => [id as string, role])));
  const crowds = new Map<string, Someone[]>();
  for (const scan of moves) {
    const role = roles.get(scan.id);
    const { room, reentry } = doorOf.get(scan.checkpoint_id)!;
    const owner = scan.ticket_id && ownerOf.get(scan.ticket_id);
    const who = owner ?? scan.ticket_id ?? scan.payload_hash;
    if (role === 'mistake' || who === null) continue;
    const crowd = crowds.get(who) ?? [{ place: null, cameIn: new Set() }];
    crowds.set(who, crowd);
    const entry = scan.direction === 'entry';
    let one: Someone;
    if (role === 'further_person' && entry) {
      one = { place: null, cameIn: new Set() };
      crowd.push(one);
    } else one = whoMoved(crowd, { entry, room, reentry, mainRoom });
    const before = one.place;
    one.place = entry ? room : room === mainRoom ? null : mainRoom;
    if (entry && before !== room) one.cameIn.add(room);
  }
  const counts = new Map<string, number>();
  for (const { place } of [...crowds.values()].flat())
    if (place !== null) counts.set(place, (counts.get(place) ?? 0) + 1);
  return counts;
}

function whoMoved(
  crowd: Someone[],
  { entry, room, reentry, mainRoom }: { entry: boolean; room: string; reentry: string; mainRoom: string },
): Someone {
  const elsewhere = crowd
    .map(({ place }) => place)
    .filter((place) => ![null, mainRoom, room].includes(place));
  let ways: (string | null)[][];
  if (!entry) ways = [[room], elsewhere, [mainRoom], [null]];
  else if (room === mainRoom) ways = [[null], elsewhere, [room]];
  else ways = [[mainRoom], elsewhere, [null], [room]];
  const way = ways.find((places) => crowd.some(({ place }) => places.includes(place)))!;
  const come = crowd.filter(({ place }) => way.includes(place));
  const again = ({ place, cameIn }: Someone) =>
    reentry !== 'always' && (place === room || (reentry === 'never' && cameIn.has(room)));
  return (entry && come.find((one) => !again(one))) || come[0]!;
}
