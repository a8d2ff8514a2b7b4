import type { EventId } from '../domain/ids.ts';
import type { Checkpoint, Room, Workgroup } from '../domain/setting.ts';
import type { Tx } from './database/open.ts';

/** Where an event happens, as it is handed in. */
export interface Places {
  rooms: Room[];
  workgroups: (Workgroup & { places: number; meetingUrl?: string | null })[];
  checkpoints: Checkpoint[];
}

/** Adds rooms, workgroups and checkpoints to an event, behind those that it has. */
export async function insertPlaces(
  tx: Tx,
  eventId: EventId,
  { rooms, workgroups, checkpoints }: Places,
): Promise<void> {
  const firstRoom = await positionAfter(tx, 'rooms', eventId);
  const firstCheckpoint = await positionAfter(tx, 'checkpoints', eventId);
  const roomRows = rooms.map((room, i) => ({
    event_id: eventId,
    id: room.id,
    name: JSON.stringify(room.name),
    capacity: room.capacity,
    main: room.main ? (1 as const) : (0 as const),
    position: firstRoom + i,
  }));
  const workgroupRows = workgroups.map((workgroup) => ({
    event_id: eventId,
    id: workgroup.id,
    number: workgroup.number,
    title: JSON.stringify(workgroup.title),
    room_id: workgroup.roomId,
    places: workgroup.places,
    meeting_url: workgroup.meetingUrl ?? null,
  }));
  const checkpointRows = checkpoints.map((checkpoint, i) => ({
    event_id: eventId,
    id: checkpoint.id,
    name: JSON.stringify(checkpoint.name),
    room_id: checkpoint.roomId,
    directions: JSON.stringify(checkpoint.directions),
    admits: checkpoint.admits,
    reentry: checkpoint.reentry,
    position: firstCheckpoint + i,
  }));
  if (roomRows.length > 0) await tx.insertInto('rooms').values(roomRows).execute();
  if (workgroupRows.length > 0) await tx.insertInto('workgroups').values(workgroupRows).execute();
  if (checkpointRows.length > 0) await tx.insertInto('checkpoints').values(checkpointRows).execute();
}

async function positionAfter(tx: Tx, table: 'rooms' | 'checkpoints', eventId: EventId): Promise<number> {
  const { last } = await tx
    .selectFrom(table)
    .select((eb) => eb.fn.max('position').as('last'))
    .where('event_id', '=', eventId)
    .executeTakeFirstOrThrow();
  return (last ?? -1) + 1;
}

/** An id that nothing else in the event has, and takes it: `w8`, else `w8-2`. */
export function freeId(wanted: string, taken: Set<string>): string {
  let id = wanted;
  for (let n = 2; taken.has(id); n++) id = `${wanted}-${n}`;
  taken.add(id);
  return id;
}
