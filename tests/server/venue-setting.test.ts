import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CheckpointId, DeviceId, EventId, RoomId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { berlinTime } from '../../src/lib/server/berlin-time.ts';
import {
  checkpointsVersion,
  listCheckpoints,
  saveCheckpoints,
  type CheckpointsEdit,
} from '../../src/lib/server/checkpoint-setting.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { readSetting } from '../../src/lib/server/event-setting.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { readVenue, saveVenue, type VenueEdit } from '../../src/lib/server/venue-setting.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { appendScan } from '../support/scans.ts';

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
const NOW = berlinTime(2022, 11, 1, 9);

beforeEach(async () => {
  opened = await testInstallation(() => NOW);
  installation = opened.installation;
  eventId = await createEvent(installation, dialogueEvening());
});
afterEach(() => opened.dispose());

const room = (id: string) => id as RoomId;
const group = (id: string) => id as WorkgroupId;
const door = (id: string) => id as CheckpointId;

function register(workgroupId: string, state: 'confirmed' | 'waitlisted' = 'confirmed') {
  return registerByOffice(installation, eventId, {
    submissionId: crypto.randomUUID(),
    name: 'Ayşe Yılmaz',
    email: null,
    workgroupId: group(workgroupId),
    locale: 'de',
    origin: 'office',
    state,
    consented: true,
  });
}

const scanAt = (checkpointId: string) =>
  appendScan(installation, eventId, {
    at: NOW,
    device_id: crypto.randomUUID() as DeviceId,
    checkpoint_id: door(checkpointId),
    ticket_id: null,
  });

/** The form as it is shown, with changes. */
async function venueEdit(change: (edit: VenueEdit) => void = () => undefined): Promise<VenueEdit> {
  const { rooms, workgroups, version } = await readVenue(installation.db, eventId);
  const edit: VenueEdit = {
    rooms: rooms.map(({ id, name, capacity }) => ({ id, name: name.de, capacity })),
    removedRooms: [],
    addedRooms: [],
    workgroups: workgroups.map(({ id, title, roomId, places }) => ({ id, title: title.de, roomId, places })),
    removedWorkgroups: [],
    addedWorkgroups: [],
    version,
  };
  change(edit);
  return edit;
}
const save = async (change?: (edit: VenueEdit) => void) =>
  saveVenue(installation, eventId, await venueEdit(change));

function removeRoom(edit: VenueEdit, id: string) {
  edit.removedRooms.push(room(id));
  edit.rooms = edit.rooms.filter((one) => one.id !== id);
}
function removeGroup(edit: VenueEdit, id: string) {
  edit.removedWorkgroups.push(group(id));
  edit.workgroups = edit.workgroups.filter((one) => one.id !== id);
}

async function doorsEdit(change: (edit: CheckpointsEdit) => void): Promise<CheckpointsEdit> {
  const checkpoints = await listCheckpoints(installation.db, eventId);
  const edit: CheckpointsEdit = {
    kept: checkpoints.map((checkpoint) => ({ ...checkpoint, name: checkpoint.name.de })),
    removed: [],
    added: [],
    version: checkpointsVersion(checkpoints),
  };
  change(edit);
  return edit;
}
const saveDoors = async (change: (edit: CheckpointsEdit) => void) =>
  saveCheckpoints(installation, eventId, await doorsEdit(change));
function removeDoor(edit: CheckpointsEdit, id: string) {
  edit.removed.push(door(id));
  edit.kept = edit.kept.filter((one) => one.id !== id);
}

describe('rooms and workgroups', () => {
  test('a new workgroup gets the next number and a room of its own with a door; tablets learn of it', async () => {
    const outcome = await save((edit) => edit.addedWorkgroups.push({ title: 'Sport', places: 12 }));
    expect(outcome).toEqual({ kind: 'saved' });
    const setting = await readSetting(installation.db, eventId);
    expect(setting.workgroups.at(-1)).toEqual({
      ...{ id: 'w8', number: 8, roomId: 'w8' },
      title: { de: 'Sport' },
    });
    expect(setting.rooms.at(-1)).toMatchObject({ id: 'w8', capacity: 12, main: false });
    expect(setting.checkpoints.at(-1)).toMatchObject({
      id: 'w8-door',
      roomId: 'w8',
      admits: 'own_workgroup',
    });
    const row = await installation.db.selectFrom('events').selectAll().executeTakeFirstOrThrow();
    expect(row.setting_change).toBe(row.change);
  });

  test('a workgroup that moves to a room without a door gives it one', async () => {
    await save((edit) => edit.addedRooms.push({ name: 'Foyer', capacity: 40 }));
    const { rooms } = await readVenue(installation.db, eventId);
    const foyer = rooms.at(-1)!.id;
    await saveDoors((edit) => removeDoor(edit, `${foyer}-door`));
    await save((edit) => (edit.workgroups[0]!.roomId = foyer));
    const doors = await listCheckpoints(installation.db, eventId);
    expect(doors.filter(({ roomId }) => roomId === foyer)).toMatchObject([{ name: { de: 'Foyer' } }]);
  });

  test('more places are given at once to who waits; fewer than are taken take none away', async () => {
    await save((edit) => (edit.workgroups[0]!.places = 1));
    await register('w1');
    const waiting = await register('w1', 'waitlisted');
    await save((edit) => (edit.workgroups[0]!.places = 2));
    await save((edit) => (edit.workgroups[0]!.places = 0));
    const { workgroups } = await readVenue(installation.db, eventId);
    expect(workgroups[0]).toMatchObject({ places: 0, taken: 2 });
    const row = await installation.db
      .selectFrom('registrations')
      .select('state')
      .where('id', '=', waiting)
      .executeTakeFirstOrThrow();
    expect(row.state).toBe('confirmed');
  });

  test('a workgroup with registrations stays, and so does all else of that form', async () => {
    await register('w1');
    const outcome = await save((edit) => {
      removeGroup(edit, 'w1');
      removeGroup(edit, 'w2');
      edit.rooms[0]!.capacity = 5;
    });
    expect(outcome).toMatchObject({ kind: 'refused', workgroups: new Map([['w1', 'registrations']]) });
    const { rooms, workgroups } = await readVenue(installation.db, eventId);
    expect(workgroups).toHaveLength(7);
    expect(rooms[0]!.capacity).toBe(300);
  });

  test('a workgroup and its room go together, with the door', async () => {
    const outcome = await save((edit) => {
      removeGroup(edit, 'w7');
      removeRoom(edit, 'w7');
    });
    expect(outcome).toEqual({ kind: 'saved' });
    const setting = await readSetting(installation.db, eventId);
    expect(JSON.stringify([setting.rooms, setting.workgroups, setting.checkpoints])).not.toContain('"w7');
  });

  test.each<[string, string, () => Promise<unknown>]>([
    ['hall', 'main_room', async () => undefined],
    ['w1', 'met_in', async () => undefined],
  ])('the room %s stays: %s', async (id, problem) => {
    const outcome = await save((edit) => removeRoom(edit, id));
    expect(outcome).toMatchObject({ kind: 'refused', rooms: new Map([[id, problem]]) });
  });

  test('a room whose door was used stays', async () => {
    await scanAt('w7-door');
    const outcome = await save((edit) => {
      removeGroup(edit, 'w7');
      removeRoom(edit, 'w7');
    });
    expect(outcome).toMatchObject({ kind: 'refused', rooms: new Map([['w7', 'scanned']]) });
  });

  test('there are at most 255 workgroups', async () => {
    const many = Array.from({ length: 249 }, (_, i) => ({ title: `Gruppe ${i}`, places: 1 }));
    expect(await save((edit) => edit.addedWorkgroups.push(...many))).toEqual({ kind: 'too_many' });
    expect((await readVenue(installation.db, eventId)).workgroups).toHaveLength(7);
  });

  test('the second of two who edit at once is told', async () => {
    const second = await venueEdit((edit) => (edit.rooms[0]!.capacity = 5));
    await save((edit) => (edit.rooms[1]!.name = 'Kammer'));
    expect(await saveVenue(installation, eventId, second)).toEqual({ kind: 'changed_meanwhile' });
    expect((await readVenue(installation.db, eventId)).rooms[0]!.capacity).toBe(300);
  });
});

describe('doors', () => {
  test('are changed, added behind the others and removed; their ids stay', async () => {
    const outcome = await saveDoors((edit) => {
      edit.kept[0]!.directions = ['entry'];
      edit.kept[0]!.reentry = 'never';
      edit.added.push({
        ...{ name: 'Hinterausgang', roomId: room('hall'), directions: ['exit'] },
        ...{ admits: 'anyone', reentry: 'after_exit' },
      });
    });
    expect(outcome).toEqual({ kind: 'saved' });
    const doors = await listCheckpoints(installation.db, eventId);
    expect(doors[0]).toMatchObject({ id: 'hall-door', directions: ['entry'], reentry: 'never' });
    expect(doors.at(-1)).toMatchObject({ id: 'hall-door-2', name: { de: 'Hinterausgang' } });
    await saveDoors((edit) => removeDoor(edit, 'hall-door-2'));
    expect(await listCheckpoints(installation.db, eventId)).toHaveLength(8);
  });

  test('where was scanned, the door and its room stay', async () => {
    await scanAt('hall-door');
    const problems = new Map([['hall-door', 'scanned']]);
    expect(await saveDoors((edit) => removeDoor(edit, 'hall-door'))).toEqual({ kind: 'refused', problems });
    expect(await saveDoors((edit) => (edit.kept[0]!.roomId = room('w1')))).toEqual({
      kind: 'refused',
      problems,
    });
    expect(await saveDoors((edit) => (edit.kept[0]!.name = 'Haupteingang'))).toEqual({ kind: 'saved' });
  });

  test('while a tablet holds scans, no door goes', async () => {
    await installation.db
      .insertInto('devices')
      .values({
        ...{ event_id: eventId, id: crypto.randomUUID() as DeviceId, name: 'Tablet', token_hash: 'x' },
        ...{ hand_in_hash: null, public_key: '', key_id: '00000000' as never, paired_at: NOW },
        ...{
          revoked_at: null,
          last_contact_at: NOW,
          waiting: 3,
          clock_offset: 0,
          version: '',
          battery: null,
        },
      })
      .execute();
    expect(await saveDoors((edit) => removeDoor(edit, 'hall-door'))).toMatchObject({
      problems: new Map([['hall-door', 'scans_waiting']]),
    });
  });

  test("a workgroup's room keeps its last door", async () => {
    expect(await saveDoors((edit) => removeDoor(edit, 'w1-door'))).toMatchObject({
      problems: new Map([['w1-door', 'last_door']]),
    });
  });
});
