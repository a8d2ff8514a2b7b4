import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import type {
  CheckpointId,
  DeviceId,
  EventId,
  RegistrationId,
  ScanId,
  TicketId,
  WorkgroupId,
} from '../../src/lib/domain/ids.ts';
import { addMillis, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { readConflicts, settleConflict } from '../../src/lib/server/conflicts.ts';
import { openDatabase } from '../../src/lib/server/database/open.ts';
import type { DeviceRow } from '../../src/lib/server/database/schema.ts';
import {
  authenticateDevice,
  createPairingCode,
  listDevices,
  pairDevice,
  renameDevice,
  revokeDevice,
} from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { registerByForm } from '../../src/lib/server/form-registration.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { cancelRegistrations } from '../../src/lib/server/places.ts';
import { syncDevice } from '../../src/lib/server/sync.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { appendScan } from '../support/scans.ts';

const evening = dialogueEvening();
const w5 = 'w5' as WorkgroupId;
const PLACES = evening.workgroups[0]!.places;

let world: TestInstallation;
let one: Installation;
/** A second server process. */
let two: Installation;
let eventId: EventId;
let now: Millis;

beforeEach(async () => {
  now = addMillis(evening.registrationUntil, -MINUTE);
  world = await testInstallation(() => now);
  one = world.installation;
  two = await world.openAgain();
  eventId = await createEvent(one, evening);
});
afterEach(async () => {
  await two.close();
  await world.dispose();
});

/** Many at the same moment, shared out among both processes. */
const atOnce = <T>(count: number, work: (process: Installation, index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => work(i % 2 === 0 ? one : two, i)));

const register = (process: Installation, submissionId: string = crypto.randomUUID()) =>
  registerByForm(process, eventId, {
    submissionId,
    names: ['Fatma Yılmaz'],
    email: 'fatma@example.org',
    affiliation: null,
    workgroupId: w5,
    secondChoiceId: null,
    needs: NO_NEEDS,
    locale: 'de',
    whenFull: 'waiting_list',
  });

const registrations = (state: 'confirmed' | 'waitlisted' | 'cancelled') =>
  one.db.selectFrom('registrations').selectAll().where('state', '=', state).execute();

describe('many who register at the same moment', () => {
  test('get no more places than there are, and the others wait in one row', async () => {
    const outcomes = await atOnce(PLACES + 10, (process) => register(process));
    expect(outcomes.every(({ kind }) => kind === 'registered')).toBe(true);
    expect(await registrations('confirmed')).toHaveLength(PLACES);
    const waiting = await registrations('waitlisted');
    expect(new Set(waiting.map((row) => row.waiting_since)).size).toBe(10);
  });

  test('with one form are registered once', async () => {
    const form = crypto.randomUUID();
    const outcomes = await atOnce(8, (process) => register(process, form));
    const ids = outcomes.map((outcome) => (outcome.kind === 'registered' ? outcome.registrationId : null));
    expect(new Set(ids).size).toBe(1);
    expect(await registrations('confirmed')).toHaveLength(1);
  });

  test('while others cancel leave no place free that somebody waits for', async () => {
    await atOnce(PLACES + 10, (process) => register(process));
    const leaving = (await registrations('confirmed')).slice(0, 8).map(({ id }) => id);
    const cancel = (process: Installation, id: RegistrationId) =>
      process.db.transaction().execute((tx) => cancelRegistrations(tx, process, eventId, [id]));
    await Promise.all([
      ...leaving.map((id, i) => cancel(i % 2 === 0 ? one : two, id)),
      atOnce(8, (process) => register(process)),
    ]);
    expect(await registrations('confirmed')).toHaveLength(PLACES);
    expect(await registrations('waitlisted')).toHaveLength(10);
  });
});

async function pairTablet(name: string, code?: string) {
  return pairDevice(one, {
    code: code ?? (await createPairingCode(one, eventId)),
    name,
    publicKey: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url'),
  });
}

async function tablet(name: string): Promise<DeviceRow> {
  const outcome = await pairTablet(name);
  if (outcome.kind !== 'paired') throw new Error(outcome.kind);
  return (await authenticateDevice(one.db, `Bearer ${outcome.answer.token}`))!.device;
}

const scanOf = (device: DeviceRow, deviceSeq: number) => ({
  id: crypto.randomUUID(),
  deviceId: device.id,
  deviceSeq,
  ticketId: crypto.randomUUID(),
  payloadHash: null,
  checkpointId: 'hall-door',
  direction: 'entry',
  deviceTime: now,
  clockOffset: 0,
  rosterCursor: null,
  verdictShown: 'admitted',
  override: null,
  byHand: null,
  undoes: null,
});

describe('a tablet', () => {
  test('that hands in the same scans by several connections at once has them in the log once', async () => {
    const device = await tablet('Saal');
    const scans = Array.from({ length: 100 }, (_, i) => scanOf(device, i + 1));
    const body = { cursor: null, scans, walkIns: [], status: null };
    const outcomes = await atOnce(6, (process) => syncDevice(process, { device, handInOnly: false }, body));
    for (const outcome of outcomes)
      expect(outcome.kind === 'synced' && outcome.answer.acknowledged.length).toBe(100);
    const rows = await one.db.selectFrom('scans').select(['id', 'change']).execute();
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(scans.map(({ id }) => id)));
    expect(rows).toHaveLength(100);
    expect(new Set(rows.map(({ change }) => change)).size).toBe(100);
    expect(await one.db.selectFrom('anomalies').selectAll().execute()).toEqual([]);
  });

  test('is revoked, renamed and handing in at once, and nobody waits for each other', async () => {
    const device = await tablet('Saal');
    const hand = (process: Installation, i: number) =>
      syncDevice(
        process,
        { device, handInOnly: false },
        { cursor: null, scans: [scanOf(device, i + 1)], walkIns: [], status: null },
      );
    await Promise.all([
      atOnce(10, hand),
      atOnce(6, (process, i) => renameDevice(process, eventId, device.id, `Saal ${i}`)),
      revokeDevice(two, eventId, device.id),
    ]);
    expect(await one.db.selectFrom('scans').select('id').execute()).toHaveLength(10);
  });

  test('is paired once by one code', async () => {
    const code = await createPairingCode(one, eventId);
    const outcomes = await atOnce(6, (_, i) => pairTablet(`Tablet ${i}`, code));
    expect(outcomes.filter(({ kind }) => kind === 'paired')).toHaveLength(1);
    expect(await listDevices(one.db, eventId)).toHaveLength(1);
  });
});

test('a decision that is made twice at the same moment is written down once', async () => {
  now = evening.startsAt;
  const ticketId = crypto.randomUUID() as TicketId;
  const scanAt = (minute: number) =>
    appendScan(one, eventId, {
      device_id: crypto.randomUUID() as DeviceId,
      checkpoint_id: 'hall-door' as CheckpointId,
      ticket_id: ticketId,
      at: addMillis(evening.startsAt, minute * MINUTE),
    });
  const [left, right] = [await scanAt(1), await scanAt(2)];
  expect((await readConflicts(one, eventId)).open).toHaveLength(1);
  const scans: { id: ScanId; role: 'counts' | 'further_person' }[] = [
    { id: left, role: 'counts' },
    { id: right, role: 'further_person' },
  ];
  const outcomes = await atOnce(4, (process) => settleConflict(process, eventId, scans));
  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['settled']));
  expect(await one.db.selectFrom('decisions').select('id').execute()).toHaveLength(1);
});

test('events that are made at the same moment do not wait for each other', async () => {
  await atOnce(10, (process, i) => createEvent(process, dialogueEvening(`evening-${i}`)));
  expect(await one.db.selectFrom('events').select('id').execute()).toHaveLength(11);
});

test('processes that start at the same moment name the database once', async () => {
  await one.db.deleteFrom('installation').execute();
  const opened = await atOnce(4, () => openDatabase(world.database, () => now));
  await Promise.all(opened.map((db) => db.destroy()));
  expect(await one.db.selectFrom('installation').selectAll().execute()).toHaveLength(1);
});
