import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import type { CheckpointId, EventId, RegistrationId, ScanId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { addMillis, HOUR, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { listActs } from '../../src/lib/server/acts.ts';
import {
  checkByHand,
  registerAtDesk,
  undoByHand,
  type DeskScan,
  type DeskWalkIn,
} from '../../src/lib/server/desk.ts';
import { listDoors, readAtDesk, searchAtDesk } from '../../src/lib/server/desk-view.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { readLiveView } from '../../src/lib/server/live-view.ts';
import { runBatch } from '../../src/lib/server/office-registrations.ts';
import { readRecord } from '../../src/lib/server/registration-record.ts';
import { findTicketPage, readRegistration } from '../../src/lib/server/registrations.ts';
import { eraseOwnRegistration } from '../../src/lib/server/self-service.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { Tablet } from '../support/tablet.ts';

const PLACES = 2;
const evening = dialogueEvening();
const w5 = 'w5' as WorkgroupId;
const hall = 'hall-door' as CheckpointId;
const ORGANISER = { id: 'u1', name: 'Kim Weber' };

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let now: Millis;

beforeEach(async () => {
  now = evening.startsAt;
  opened = await testInstallation(() => now);
  installation = opened.installation;
  const workgroups = evening.workgroups.map((workgroup) => ({ ...workgroup, places: PLACES }));
  eventId = await createEvent(installation, { ...evening, workgroups });
});
afterEach(() => opened.dispose());

const aWalkIn = (values: Partial<DeskWalkIn> = {}): DeskWalkIn => ({
  submissionId: v7(),
  name: 'Fatma Yılmaz',
  email: null,
  needs: NO_NEEDS,
  workgroupId: w5,
  locale: 'de',
  overbook: false,
  ...values,
});

async function register(values: Partial<DeskWalkIn> = {}): Promise<RegistrationId> {
  const outcome = await registerAtDesk(installation, eventId, aWalkIn(values), ORGANISER);
  if (outcome.kind !== 'registered') throw new Error(outcome.kind);
  return outcome.id;
}

const check = (registrationId: RegistrationId, values: Partial<DeskScan> = {}) =>
  checkByHand(
    installation,
    eventId,
    {
      id: v7() as ScanId,
      registrationId,
      checkpointId: hall,
      direction: 'entry',
      why: 'Handy leer',
      override: false,
      ...values,
    },
    ORGANISER,
  );

const total = async () => (await readLiveView(installation, eventId)).total;
const kinds = async () => (await listActs(installation.db, eventId, {}, 9)).map(({ kind }) => kind).reverse();

describe('checking in by hand', () => {
  test('counts, and stands in the history with the desk, who and why', async () => {
    const id = await register();
    expect((await check(id)).kind).toBe('through');
    expect(await total()).toBe(1);
    const record = await readRecord(installation, eventId, id);
    expect(record!.presence).toMatchObject([{ room: { de: 'Großer Saal' } }]);
    expect(record!.history.at(-1)).toMatchObject({
      kind: 'scan',
      device: 'Empfang',
      byHand: { by: 'Kim Weber', why: 'Handy leer' },
      verdict: 'admitted',
    });
    expect(await kinds()).toEqual(['walk_in_registered', 'checked_in_by_hand']);
  });

  test('sent twice counts once', async () => {
    const id = await register();
    const scan = { id: v7() as ScanId };
    expect([(await check(id, scan)).kind, (await check(id, scan)).kind]).toEqual(['through', 'known']);
    expect(await total()).toBe(1);
  });

  test('by two at the same moment lets in one, and the other is told', async () => {
    const id = await register();
    const outcomes = await Promise.all([check(id), check(id)]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['through', 'turned_away']);
    expect(await total()).toBe(1);
    expect((await readLiveView(installation, eventId)).conflictCount).toBe(0);
  });

  test('is turned away as at the door, and let through on the word of the staff', async () => {
    const id = await register();
    const w6 = { checkpointId: 'w6-door' as CheckpointId };
    expect(await check(id, w6)).toMatchObject({ kind: 'turned_away', verdict: { word: 'wrong_workgroup' } });
    expect(await total()).toBe(0);
    expect(await check(id, { ...w6, override: true })).toMatchObject({ kind: 'through' });
    expect(await total()).toBe(1);
    const [act] = await listActs(installation.db, eventId, {}, 1);
    expect(act!.details).toEqual({ checkpoint: 'w6-door', against: 'wrong_workgroup' });
    expect(await kinds()).toEqual(['walk_in_registered', 'checked_in_by_hand']);
  });

  test('out again, and in again', async () => {
    const id = await register();
    await check(id);
    expect(await check(id, { direction: 'exit' })).toMatchObject({ verdict: { word: 'left' } });
    expect(await total()).toBe(0);
    expect((await check(id)).kind).toBe('through');
  });

  test('before the doors open is too early, whoever is cancelled is turned away', async () => {
    const id = await register();
    now = addMillis(evening.admissionFrom, -MINUTE);
    expect(await check(id)).toMatchObject({ kind: 'turned_away', verdict: { word: 'too_early' } });
    now = evening.startsAt;
    await runBatch(installation, eventId, [id], { kind: 'cancel' });
    expect(await check(id)).toMatchObject({ kind: 'turned_away', verdict: { word: 'cancelled' } });
  });

  test('of nobody, of somebody erased, at no door is not possible', async () => {
    const id = await register();
    expect((await check(v7() as RegistrationId)).kind).toBe('not_possible');
    expect((await check(id, { checkpointId: 'cellar' as CheckpointId })).kind).toBe('not_possible');
    await eraseOwnRegistration(installation, eventId, id);
    expect((await check(id)).kind).toBe('not_possible');
  });

  test('is known at a tablet, which names the desk', async () => {
    const tablet = new Tablet('tab1', installation);
    await tablet.start();
    await tablet.pair(installation, eventId);
    const id = await register();
    await check(id);
    await tablet.sync();
    const { ticketText } = (await findTicketPage(installation.db, id))!;
    const outcome = await tablet.scan(ticketText, 'hall-door');
    expect(outcome).toMatchObject({ kind: 'shown', verdict: { word: 'already_inside' } });
    const { deviceId } = (outcome as { verdict: { deviceId?: string } }).verdict;
    const known = tablet.store.state!.venue.setting.devices;
    expect(known.find((known) => known.id === deviceId)?.name).toBe('Empfang');
    tablet.store.close();
  });
});

describe('taking back', () => {
  test('takes the last by hand, once, and then the one before', async () => {
    const id = await register();
    await check(id);
    now = addMillis(now, MINUTE);
    await check(id, { direction: 'exit' });
    const last = async () => (await readAtDesk(installation, eventId, id))!.last;
    const out = (await last())!;
    expect(out.direction).toBe('exit');
    expect(await undoByHand(installation, eventId, id, out.id, ORGANISER)).toEqual({ kind: 'undone' });
    expect(await total()).toBe(1);
    expect(await undoByHand(installation, eventId, id, out.id)).toEqual({ kind: 'not_possible' });
    expect((await last())!.direction).toBe('entry');
    await undoByHand(installation, eventId, id, (await last())!.id);
    expect([await total(), await last()]).toEqual([0, null]);
    expect((await kinds()).filter((kind) => kind === 'check_in_undone')).toHaveLength(2);
  });

  test("is not for a tablet's scans", async () => {
    const tablet = new Tablet('tab1', installation);
    await tablet.start();
    await tablet.pair(installation, eventId);
    const id = await register();
    await tablet.sync();
    const { ticketText } = (await findTicketPage(installation.db, id))!;
    const outcome = await tablet.scan(ticketText, 'hall-door');
    await tablet.sync();
    expect((await readAtDesk(installation, eventId, id))!.last).toBe(null);
    const { scan } = outcome as Extract<typeof outcome, { kind: 'shown' }>;
    expect(await undoByHand(installation, eventId, id, scan.id)).toEqual({ kind: 'not_possible' });
    expect(await total()).toBe(1);
    tablet.store.close();
  });
});

describe('somebody without a registration', () => {
  test('gets a place and a ticket, by mail where there is an address', async () => {
    const id = await register({ email: 'fatma@example.org', needs: { ...NO_NEEDS, wheelchair: true } });
    expect(await readRegistration(installation.db, eventId, id)).toMatchObject({
      origin: 'walk_in',
      state: 'confirmed',
      consented_at: null,
    });
    const person = await readAtDesk(installation, eventId, id);
    expect(person!.ticket).toMatchObject({ text: expect.stringMatching(/^EL:/) as string });
    const mails = await installation.db.selectFrom('mails').select('kind').execute();
    expect(mails).toEqual([{ kind: 'confirmation' }]);
    await register();
    expect(await installation.db.selectFrom('mails').select('kind').execute()).toHaveLength(1);
  });

  test('is registered once, however often the form is sent', async () => {
    const walkIn = aWalkIn();
    const first = await registerAtDesk(installation, eventId, walkIn);
    expect(await registerAtDesk(installation, eventId, walkIn)).toEqual(first);
    expect(await kinds()).toEqual(['walk_in_registered']);
  });

  test('gets more than there is only on the word for it', async () => {
    for (let i = 0; i < PLACES; i++) await register();
    expect(await registerAtDesk(installation, eventId, aWalkIn())).toEqual({ kind: 'full' });
    const overbooked = await registerAtDesk(installation, eventId, aWalkIn({ overbook: true }));
    expect(overbooked.kind).toBe('registered');
    const [act] = await listActs(installation.db, eventId, {}, 1);
    expect(act!.details).toEqual({ overbooked: true });
    const unknown = aWalkIn({ workgroupId: 'w9' as WorkgroupId });
    expect(await registerAtDesk(installation, eventId, unknown)).toEqual({ kind: 'unknown_workgroup' });
  });
});

describe('the search at the desk', () => {
  test('finds by name and by number, and says where people are', async () => {
    const id = await register();
    await register({ name: 'Jörg Müller' });
    await check(id);
    const { hits, total } = await searchAtDesk(installation, eventId, 'yilmaz');
    expect([total, hits.map(({ name }) => name)]).toEqual([1, ['Fatma Yılmaz']]);
    expect(hits[0]).toMatchObject({ room: { de: 'Raum 5' }, presence: [{ room: { de: 'Großer Saal' } }] });
    const { ticket } = (await readAtDesk(installation, eventId, id))!;
    expect((await searchAtDesk(installation, eventId, ticket!.number)).hits[0]!.id).toBe(id);
    expect((await searchAtDesk(installation, eventId, '  ')).hits).toEqual([]);
    await eraseOwnRegistration(installation, eventId, id);
    expect((await searchAtDesk(installation, eventId, 'yilmaz')).hits).toEqual([]);
    expect(await readAtDesk(installation, eventId, id)).toBe(null);
  });

  test('offers the doors, the hall first', async () => {
    const doors = await listDoors(installation, eventId);
    expect(doors[0]!.id).toBe(hall);
    expect(doors).toHaveLength(8);
  });

  test('shows no ticket of whoever has no place', async () => {
    const id = await register();
    now = addMillis(now, HOUR);
    await runBatch(installation, eventId, [id], { kind: 'cancel' });
    expect((await readAtDesk(installation, eventId, id))!.ticket).toBe(null);
  });
});
