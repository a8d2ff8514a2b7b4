import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import type {
  CheckpointId,
  DeviceId,
  EventId,
  RegistrationId,
  WorkgroupId,
} from '../../src/lib/domain/ids.ts';
import type { RegistrationState } from '../../src/lib/domain/registration.ts';
import { addMillis, DAY, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import {
  confirmWaiting,
  correctRegistration,
  previewBatch,
  reissueByOffice,
  runBatch,
  sendByOffice,
} from '../../src/lib/server/office-registrations.ts';
import { listRegistrations } from '../../src/lib/server/registration-list.ts';
import { readRecord } from '../../src/lib/server/registration-record.ts';
import { readRegistration, registerByOffice } from '../../src/lib/server/registrations.ts';
import { eraseOwnRegistration } from '../../src/lib/server/self-service.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { appendScan } from '../support/scans.ts';

const evening = dialogueEvening();
const w5 = 'w5' as WorkgroupId;
const w6 = 'w6' as WorkgroupId;
const PLACES = 2;

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let now: Millis;

beforeEach(async () => {
  now = addMillis(evening.registrationUntil, -DAY);
  opened = await testInstallation(() => now);
  installation = opened.installation;
  const workgroups = evening.workgroups.map((workgroup) => ({ ...workgroup, places: PLACES }));
  eventId = await createEvent(installation, { ...evening, workgroups });
});
afterEach(() => opened.dispose());

function register({
  state = 'confirmed',
  workgroupId = w5,
  email = 'fatma@example.org',
}: {
  state?: RegistrationState;
  workgroupId?: WorkgroupId;
  email?: string | null;
} = {}): Promise<RegistrationId> {
  now = addMillis(now, MINUTE);
  return registerByOffice(installation, eventId, {
    submissionId: crypto.randomUUID(),
    name: 'Fatma Yılmaz',
    email,
    workgroupId,
    locale: 'de',
    origin: 'office',
    state,
    consented: true,
  });
}

const read = (id: RegistrationId) => readRegistration(installation.db, eventId, id);
const unknown = crypto.randomUUID() as RegistrationId;
const DETAILS = { name: 'Fatma Yıldız', email: 'neu@example.org', needs: { ...NO_NEEDS, wheelchair: true } };

async function mailsOf(id: RegistrationId): Promise<string[]> {
  const rows = await installation.db
    .selectFrom('mails')
    .select('kind')
    .where('registration_id', '=', id)
    .orderBy('id')
    .execute();
  return rows.map(({ kind }) => kind);
}

async function change(): Promise<number> {
  const row = await installation.db.selectFrom('events').select('change').executeTakeFirstOrThrow();
  return row.change;
}

describe('correcting', () => {
  test('stores what was corrected, finds it by search, tells the tablets and the person', async () => {
    const id = await register();
    const before = (await read(id)).change;
    expect(await correctRegistration(installation, eventId, id, DETAILS)).toEqual({ kind: 'corrected' });
    expect(await read(id)).toMatchObject({ name: 'Fatma Yıldız', email: 'neu@example.org' });
    expect((await read(id)).change).toBeGreaterThan(before);
    expect(await mailsOf(id)).toEqual(['change']);
    const query = { search: 'yildiz', workgroupId: null, state: null, sort: 'name', page: 1 } as const;
    expect((await listRegistrations(installation, eventId, query)).total).toBe(1);
    expect(await correctRegistration(installation, eventId, id, DETAILS)).toEqual({ kind: 'unchanged' });
    expect(await mailsOf(id)).toEqual(['change']);
  });

  test('of somebody who is cancelled sends no mail; of somebody erased or unknown is not possible', async () => {
    const id = await register({ state: 'cancelled' });
    expect(await correctRegistration(installation, eventId, id, DETAILS)).toEqual({ kind: 'corrected' });
    expect(await mailsOf(id)).toEqual([]);
    await eraseOwnRegistration(installation, eventId, id);
    for (const gone of [id, unknown])
      expect(await correctRegistration(installation, eventId, gone, DETAILS)).toEqual({
        kind: 'not_possible',
      });
  });
});

describe('confirming', () => {
  test('overbooks only on the word for it', async () => {
    for (let i = 0; i < PLACES; i++) await register();
    const id = await register({ state: 'waitlisted' });
    const confirm = (overbook: boolean) => confirmWaiting(installation, eventId, id, { overbook });
    expect(await confirm(false)).toEqual({ kind: 'full' });
    expect((await read(id)).state).toBe('waitlisted');
    expect(await confirm(true)).toEqual({ kind: 'confirmed' });
    expect(await read(id)).toMatchObject({ state: 'confirmed', waiting_since: null });
    expect(await mailsOf(id)).toEqual(['promotion']);
    expect(await confirm(true)).toEqual({ kind: 'not_possible' });
  });

  test('needs no such word where a place is free, also once the event has begun', async () => {
    const id = await register({ state: 'waitlisted' });
    now = evening.startsAt;
    expect(await confirmWaiting(installation, eventId, id, { overbook: false })).toEqual({
      kind: 'confirmed',
    });
  });
});

describe('the ticket', () => {
  test('is replaced, which revokes the earlier one, and goes by mail', async () => {
    const id = await register();
    expect(await reissueByOffice(installation, eventId, id)).toEqual({ kind: 'reissued' });
    const record = await readRecord(installation, eventId, id);
    expect(record?.tickets.map(({ revokedAt }) => revokedAt === null)).toEqual([true, false]);
    expect(await mailsOf(id)).toEqual(['ticket']);
  });

  test('is sent once in ten minutes, where there is an address', async () => {
    const id = await register();
    expect(await sendByOffice(installation, eventId, id)).toEqual({ kind: 'sent' });
    expect(await sendByOffice(installation, eventId, id)).toEqual({ kind: 'sent_before' });
    const silent = await register({ email: null });
    expect(await sendByOffice(installation, eventId, silent)).toEqual({ kind: 'no_address' });
  });

  test.each(['waitlisted', 'cancelled'] as const)('of somebody %s is neither', async (state) => {
    const id = await register({ state });
    expect(await reissueByOffice(installation, eventId, id)).toEqual({ kind: 'not_possible' });
    expect(await sendByOffice(installation, eventId, id)).toEqual({ kind: 'not_possible' });
  });
});

describe('many at once', () => {
  const move = (overbook = false) => ({ kind: 'move', workgroupId: w6, overbook }) as const;

  test('are moved all or none, and who waited for their places gets them', async () => {
    const ids = [await register(), await register()];
    const waiting = await register({ state: 'waitlisted' });
    await register({ workgroupId: w6 });
    expect(await runBatch(installation, eventId, ids, move())).toEqual({ kind: 'full', free: 1, needed: 2 });
    expect((await read(ids[0]!)).workgroup_id).toBe(w5);
    const outcome = await runBatch(installation, eventId, ids, move(true));
    expect(outcome).toMatchObject({ kind: 'done', promoted: [{ id: waiting }], mails: 3 });
    for (const id of ids) expect(await read(id)).toMatchObject({ workgroup_id: w6, state: 'confirmed' });
    expect((await read(waiting)).state).toBe('confirmed');
  });

  test('leave who is there already, cancelled or of another event as they are', async () => {
    const ids = [await register({ workgroupId: w6 }), await register({ state: 'cancelled' }), unknown];
    expect(await runBatch(installation, eventId, ids, move())).toMatchObject({ changed: [], mails: 0 });
    const nowhere = { kind: 'move', workgroupId: 'w9' as WorkgroupId, overbook: true } as const;
    expect(await runBatch(installation, eventId, ids, nowhere)).toEqual({ kind: 'unknown_workgroup' });
  });

  test('are cancelled, and nobody among them is promoted first', async () => {
    const ids = [await register(), await register(), await register({ state: 'waitlisted' })];
    const waiting = await register({ state: 'waitlisted' });
    const outcome = await runBatch(installation, eventId, ids, { kind: 'cancel' });
    expect(outcome).toMatchObject({ kind: 'done', promoted: [{ id: waiting }], mails: 4 });
    for (const id of ids) expect(await mailsOf(id)).toEqual(['cancellation']);
  });

  test('a preview says the same, and leaves everything as it was', async () => {
    const ids = [await register(), await register()];
    await register({ state: 'waitlisted' });
    const before = await change();
    const preview = await previewBatch(installation, eventId, ids, { kind: 'cancel' });
    expect(await change()).toBe(before);
    expect((await read(ids[0]!)).state).toBe('confirmed');
    const outcome = await runBatch(installation, eventId, ids, { kind: 'cancel' });
    expect(outcome.kind).toBe('done');
    const told = (tried: typeof outcome) =>
      tried.kind === 'done' ? [tried.changed.length, tried.promoted.length, tried.mails] : null;
    expect(told(preview)).toEqual(told(outcome));
  });
});

describe('a record', () => {
  test('tells what has happened in its order, scans with who decided', async () => {
    const id = await register();
    now = addMillis(now, MINUTE);
    await reissueByOffice(installation, eventId, id);
    const { id: ticketId } = await installation.db
      .selectFrom('tickets')
      .select('id')
      .where('revoked_at', 'is', null)
      .executeTakeFirstOrThrow();
    const scan = {
      device_id: crypto.randomUUID() as DeviceId,
      checkpoint_id: 'hall-door' as CheckpointId,
      ticket_id: ticketId,
    };
    const refused = await appendScan(installation, eventId, {
      ...scan,
      at: evening.startsAt,
      verdict_shown: 'room_full',
      override_by: 'Ines',
      override_why: 'Büro',
    });
    await appendScan(installation, eventId, { ...scan, at: addMillis(evening.startsAt, 1), undoes: refused });
    const record = await readRecord(installation, eventId, id);
    expect(record?.history.map(({ kind }) => kind)).toEqual([
      'registered',
      'state',
      'reissued',
      'mail',
      'scan',
    ]);
    expect(record?.history.at(-1)).toMatchObject({
      verdict: 'room_full',
      override: { by: 'Ines', why: 'Büro' },
      undone: true,
      checkpoint: { de: 'Tür hall' },
    });
  });

  test('of an unknown registration there is none', async () => {
    expect(await readRecord(installation, eventId, unknown)).toBeNull();
  });
});
