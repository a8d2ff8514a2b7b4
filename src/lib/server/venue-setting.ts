import type { CheckpointId, EventId, RoomId, WorkgroupId } from '../domain/ids.ts';
import type { Checkpoint, Room, Workgroup } from '../domain/setting.ts';
import { writeAct, type Actor } from './acts.ts';
import { countScans, listCheckpoints, removeCheckpoints, scansWait } from './checkpoint-setting.ts';
import type { Database, Tx } from './database/open.ts';
import { roomDoor, roomName } from './default-names.ts';
import { editEvent, versionOf, type ChangedMeanwhile } from './event-edit.ts';
import { german } from './event-texts.ts';
import { listRooms, listWorkgroups, touchSetting, type WorkgroupPlaces } from './events.ts';
import type { Installation } from './installation.ts';
import { promoteWaiting } from './places.ts';
import { freeId, insertPlaces, type Places } from './venue-rows.ts';

/** A ticket has one byte for the workgroup's number. */
export const MOST_WORKGROUPS = 255;

/** Where an event happens, as the form shows it. */
export interface Venue {
  rooms: Room[];
  workgroups: WorkgroupPlaces[];
  version: string;
}

export async function readVenue(db: Database | Tx, eventId: EventId): Promise<Venue> {
  const rooms = await listRooms(db, eventId);
  const workgroups = await listWorkgroups(db, eventId);
  const version = versionOf([
    rooms.map(({ id, name, capacity }) => [id, name.de, capacity]),
    workgroups.map(({ id, title, roomId, places }) => [id, title.de, roomId, places]),
  ]);
  return { rooms, workgroups, version };
}

export interface VenueEdit {
  rooms: { id: RoomId; name: string; capacity: number }[];
  removedRooms: RoomId[];
  addedRooms: { name: string; capacity: number }[];
  workgroups: { id: WorkgroupId; title: string; roomId: RoomId; places: number }[];
  removedWorkgroups: WorkgroupId[];
  /** Each gets a room of its own, with a door. */
  addedWorkgroups: { title: string; places: number }[];
  /** Of the rooms and workgroups that the form showed. */
  version: string;
}

/** Why a room or a workgroup can't be removed. */
export type VenueProblem =
  | 'main_room'
  /** A workgroup meets there. */
  | 'met_in'
  /** Scans were made at its door. */
  | 'scanned'
  /** A tablet still holds scans, maybe of its door. */
  | 'scans_waiting'
  /** Somebody has registered for it, or wished to. */
  | 'registrations';

export type VenueOutcome =
  | { kind: 'saved' }
  | ChangedMeanwhile
  | { kind: 'too_many' }
  | { kind: 'refused'; rooms: Map<RoomId, VenueProblem>; workgroups: Map<WorkgroupId, VenueProblem> };

/**
 * Changes, adds and removes rooms and workgroups, all or nothing. Who waits moves up into new places; where there are
 * fewer places than are taken, nobody loses one.
 */
export async function saveVenue(
  installation: Installation,
  eventId: EventId,
  edit: VenueEdit,
  by: Actor = null,
): Promise<VenueOutcome> {
  return editEvent<VenueOutcome>(installation, eventId, async (tx, refuse) => {
    const before = await readVenue(tx, eventId);
    if (before.version !== edit.version) refuse({ kind: 'changed_meanwhile' });
    const checkpoints = await listCheckpoints(tx, eventId);
    const doorsToRemove = checkpoints.filter(({ roomId }) => edit.removedRooms.includes(roomId));
    const rooms = await problemsOfRooms(tx, eventId, before, edit, doorsToRemove);
    const workgroups = await problemsOfWorkgroups(tx, eventId, edit);
    if (rooms.size + workgroups.size > 0) refuse({ kind: 'refused', rooms, workgroups });
    const added = newPlaces(before, checkpoints, edit);
    if (added.workgroups.some(({ number }) => number > MOST_WORKGROUPS)) refuse({ kind: 'too_many' });

    await storeRooms(tx, eventId, before, edit);
    await storeWorkgroups(tx, eventId, before, edit);
    await removeCheckpoints(
      tx,
      eventId,
      doorsToRemove.map(({ id }) => id),
    );
    await insertPlaces(tx, eventId, added);
    await touchSetting(tx, eventId);
    const details = {
      added: edit.addedRooms.length + edit.addedWorkgroups.length,
      removed: edit.removedRooms.length + edit.removedWorkgroups.length,
      ...Object.fromEntries(edit.workgroups.map(({ id, places }) => [id, places])),
    };
    await writeAct(installation, tx, { eventId, by, kind: 'rooms_changed', details });
    for (const { id } of edit.workgroups) await promoteWaiting(tx, installation, eventId, id);
    return { kind: 'saved' };
  });
}

async function problemsOfRooms(
  tx: Tx,
  eventId: EventId,
  { rooms }: Venue,
  { removedRooms, workgroups }: VenueEdit,
  doors: Checkpoint[],
): Promise<Map<RoomId, VenueProblem>> {
  const problems = new Map<RoomId, VenueProblem>();
  const scans = await countScans(tx, eventId);
  const waiting = await scansWait(tx, eventId);
  for (const id of removedRooms) {
    const own = doors.filter(({ roomId }) => roomId === id);
    if (rooms.some((room) => room.id === id && room.main)) problems.set(id, 'main_room');
    else if (workgroups.some(({ roomId }) => roomId === id)) problems.set(id, 'met_in');
    else if (own.some((door) => scans.has(door.id))) problems.set(id, 'scanned');
    else if (waiting && own.length > 0) problems.set(id, 'scans_waiting');
  }
  return problems;
}

async function problemsOfWorkgroups(
  tx: Tx,
  eventId: EventId,
  { removedWorkgroups }: VenueEdit,
): Promise<Map<WorkgroupId, VenueProblem>> {
  const problems = new Map<WorkgroupId, VenueProblem>();
  for (const id of removedWorkgroups) {
    const somebody = await tx
      .selectFrom('registrations')
      .select('id')
      .where('event_id', '=', eventId)
      .where((eb) =>
        eb.or([eb('workgroup_id', '=', id), eb('first_choice_id', '=', id), eb('second_choice_id', '=', id)]),
      )
      .limit(1)
      .executeTakeFirst();
    if (somebody) problems.set(id, 'registrations');
  }
  return problems;
}

async function storeRooms(tx: Tx, eventId: EventId, before: Venue, edit: VenueEdit): Promise<void> {
  for (const { id, name, capacity } of edit.rooms)
    await tx
      .updateTable('rooms')
      .set({
        name: JSON.stringify(german(before.rooms.find((room) => room.id === id)?.name, name)),
        capacity,
      })
      .where('event_id', '=', eventId)
      .where('id', '=', id)
      .execute();
  if (edit.removedRooms.length > 0)
    await tx
      .deleteFrom('rooms')
      .where('event_id', '=', eventId)
      .where('id', 'in', edit.removedRooms)
      .execute();
}

async function storeWorkgroups(tx: Tx, eventId: EventId, before: Venue, edit: VenueEdit): Promise<void> {
  for (const { id, title, roomId, places } of edit.workgroups)
    await tx
      .updateTable('workgroups')
      .set({
        title: JSON.stringify(german(before.workgroups.find((group) => group.id === id)?.title, title)),
        room_id: roomId,
        places,
      })
      .where('event_id', '=', eventId)
      .where('id', '=', id)
      .execute();
  if (edit.removedWorkgroups.length > 0)
    await tx
      .deleteFrom('workgroups')
      .where('event_id', '=', eventId)
      .where('id', 'in', edit.removedWorkgroups)
      .execute();
}

/** What is added, each room with a door; and a door for each room that a workgroup moves to and that has none. */
function newPlaces(before: Venue, checkpoints: Checkpoint[], edit: VenueEdit): Places {
  const roomIds = new Set<string>(before.rooms.map(({ id }) => id));
  const doorIds = new Set<string>(checkpoints.map(({ id }) => id));
  const last = Math.max(0, ...before.workgroups.map(({ number }) => number));
  const rooms: Room[] = [];
  const workgroups: (Workgroup & { places: number })[] = [];
  const doors: Checkpoint[] = [];
  edit.addedWorkgroups.forEach(({ title, places }, i) => {
    const own = workgroupWithRoom(last + 1 + i, { title: { de: title }, places }, roomIds, doorIds);
    rooms.push(own.room);
    workgroups.push(own.workgroup);
    doors.push(own.door);
  });
  for (const { name, capacity } of edit.addedRooms) {
    const id = freeId(`r${roomIds.size + 1}`, roomIds) as RoomId;
    rooms.push({ id, name: { de: name }, capacity, main: false });
    doors.push({ ...doorOf(id, doorIds), name: { de: name }, admits: 'anyone' });
  }
  const withDoor = new Set([...checkpoints, ...doors].map(({ roomId }) => roomId));
  for (const { roomId } of edit.workgroups) {
    if (withDoor.has(roomId)) continue;
    withDoor.add(roomId);
    const name = before.rooms.find(({ id }) => id === roomId)!.name;
    doors.push({ ...doorOf(roomId, doorIds), name });
  }
  return { rooms, workgroups, checkpoints: doors };
}

/** A workgroup with a room of its own that holds as many as it has places, and the room's door. */
export function workgroupWithRoom(
  number: number,
  { title, places }: Pick<Workgroup, 'title'> & { places: number },
  roomIds: Set<string>,
  doorIds: Set<string>,
): { room: Room; workgroup: Workgroup & { places: number }; door: Checkpoint } {
  const roomId = freeId(`w${number}`, roomIds) as RoomId;
  return {
    room: { id: roomId, name: roomName(number), capacity: places, main: false },
    workgroup: { id: `w${number}` as WorkgroupId, number, title, roomId, places },
    door: { ...doorOf(roomId, doorIds), name: roomDoor(number) },
  };
}

/** The door of a workgroup's room, which lets in whoever belongs there. */
function doorOf(roomId: RoomId, taken: Set<string>): Omit<Checkpoint, 'name'> {
  return {
    id: freeId(`${roomId}-door`, taken) as CheckpointId,
    roomId,
    directions: ['entry', 'exit'],
    admits: 'own_workgroup',
    reentry: 'after_exit',
  };
}
