import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import type { EventId, RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { addMillis, DAY, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { registerByForm, type FormRegistration } from '../../src/lib/server/form-registration.ts';
import { setHeld } from '../../src/lib/server/held.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { listCompanions, readRegistration } from '../../src/lib/server/registrations.ts';
import {
  cancelOwnRegistration,
  changeOwnRegistration,
  eraseOwnRegistration,
  replaceOwnTicket,
  sendTicketAgain,
  type OwnChanges,
} from '../../src/lib/server/self-service.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

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

async function register(form: Partial<FormRegistration> = {}): Promise<RegistrationId> {
  const outcome = await registerByForm(installation, eventId, {
    submissionId: crypto.randomUUID(),
    names: ['Fatma Yılmaz'],
    email: 'fatma@example.org',
    affiliation: null,
    workgroupId: w5,
    secondChoiceId: null,
    needs: NO_NEEDS,
    locale: 'de',
    whenFull: 'waiting_list',
    ...form,
  });
  if (outcome.kind !== 'registered') throw new Error(outcome.kind);
  return outcome.registrationId;
}

const read = (id: RegistrationId) => readRegistration(installation.db, eventId, id);
const as = (changes: Partial<OwnChanges> = {}): OwnChanges => ({
  name: 'Fatma Yılmaz',
  email: 'fatma@example.org',
  workgroupId: w5,
  needs: NO_NEEDS,
  ...changes,
});
const change = (id: RegistrationId, changes: Partial<OwnChanges>) =>
  changeOwnRegistration(installation, eventId, id, as(changes));

async function mailsOf(id: RegistrationId): Promise<string[]> {
  const rows = await installation.db
    .selectFrom('mails')
    .select('kind')
    .where('registration_id', '=', id)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(({ kind }) => kind);
}

describe('changing', () => {
  test('corrects the name, the address and the needs, and says so by mail', async () => {
    const id = await register();
    const needs = { ...NO_NEEDS, wheelchair: true };
    const outcome = await change(id, { name: 'Fatma Yıldız', email: 'neu@example.org', needs });
    expect(outcome).toEqual({ kind: 'changed' });
    expect(await read(id)).toMatchObject({
      name: 'Fatma Yıldız',
      email: 'neu@example.org',
      access_needs: JSON.stringify(needs),
      state: 'confirmed',
    });
    expect(await mailsOf(id)).toEqual(['confirmation', 'change']);
  });

  test('nothing at all sends no mail', async () => {
    const id = await register();
    expect(await change(id, {})).toEqual({ kind: 'changed' });
    expect(await mailsOf(id)).toEqual(['confirmation']);
  });

  test('to another workgroup gives the place in the first to who waits for it', async () => {
    const id = await register();
    await register();
    const queued = await register();
    expect(await change(id, { workgroupId: w6 })).toEqual({ kind: 'changed' });
    expect(await read(id)).toMatchObject({ workgroup_id: 'w6', state: 'confirmed' });
    expect((await read(queued)).state).toBe('confirmed');
    expect(await mailsOf(queued)).toEqual(['waiting_list', 'promotion']);
  });

  test('to a full workgroup keeps the place that one has', async () => {
    const id = await register();
    for (let i = 0; i < PLACES; i++) await register({ workgroupId: w6 });
    expect(await change(id, { name: 'Anders', workgroupId: w6 })).toEqual({ kind: 'full' });
    expect(await read(id)).toMatchObject({ name: 'Fatma Yılmaz', workgroup_id: 'w5', state: 'confirmed' });
  });

  test('of somebody who waits: a free place elsewhere is theirs at once, a full list has its end', async () => {
    for (let i = 0; i < PLACES; i++) await register();
    for (let i = 0; i < PLACES; i++) await register({ workgroupId: w6 });
    const earlier = await register({ workgroupId: w6 });
    const id = await register();
    expect(await change(id, { workgroupId: w6 })).toEqual({ kind: 'changed' });
    expect((await read(id)).waiting_since).toBeGreaterThan((await read(earlier)).waiting_since!);
    expect(await change(id, { workgroupId: 'w7' as WorkgroupId })).toEqual({ kind: 'changed' });
    expect(await read(id)).toMatchObject({ workgroup_id: 'w7', state: 'confirmed', waiting_since: null });
  });

  test('leaves the address of a companion empty: mails go to who brought them along', async () => {
    const host = await register({ names: ['Fatma', 'Ayşe'] });
    const [companion] = await listCompanions(installation.db, host);
    await change(companion!.id, { name: 'Ayşe Y.', email: 'fremd@example.org' });
    expect(await read(companion!.id)).toMatchObject({ name: 'Ayşe Y.', email: null });
    expect(await mailsOf(companion!.id)).toEqual(['change']);
  });

  test.each([
    ['an unknown workgroup', 0, 'w9', 'unknown_workgroup'],
    ['once the event has begun', evening.startsAt, 'w5', 'too_late'],
  ])('is refused: %s', async (_, at, workgroup, kind) => {
    const id = await register();
    if (at) now = at as Millis;
    expect(await change(id, { name: 'X', workgroupId: workgroup as WorkgroupId })).toEqual({ kind });
    expect((await read(id)).name).toBe('Fatma Yılmaz');
  });
});

describe('cancelling', () => {
  test('gives the place to who waits longest, and tells both by mail', async () => {
    const id = await register();
    await register();
    const queue = [await register(), await register()];
    expect(await cancelOwnRegistration(installation, eventId, id)).toEqual({ kind: 'changed' });
    expect((await read(id)).state).toBe('cancelled');
    expect((await read(queue[0]!)).state).toBe('confirmed');
    expect((await read(queue[1]!)).state).toBe('waitlisted');
    expect(await mailsOf(id)).toEqual(['confirmation', 'cancellation']);
  });

  test('twice is the same as once', async () => {
    const id = await register();
    await cancelOwnRegistration(installation, eventId, id);
    await cancelOwnRegistration(installation, eventId, id);
    expect(await mailsOf(id)).toEqual(['confirmation', 'cancellation']);
  });

  test('by somebody who waits gives nobody a place', async () => {
    for (let i = 0; i < PLACES; i++) await register();
    const queue = [await register(), await register()];
    await cancelOwnRegistration(installation, eventId, queue[0]!);
    expect((await read(queue[1]!)).state).toBe('waitlisted');
  });
});

describe('a ticket', () => {
  test('that is replaced revokes the earlier one', async () => {
    const id = await register();
    expect(await replaceOwnTicket(installation, eventId, id)).toEqual({ kind: 'changed' });
    const tickets = await installation.db.selectFrom('tickets').select('revoked_at').execute();
    expect(tickets.map(({ revoked_at }) => revoked_at !== null).sort()).toEqual([false, true]);
    expect(await mailsOf(id)).toEqual(['confirmation', 'ticket']);
  });

  test('is not replaced for somebody who has no place', async () => {
    const id = await register();
    await cancelOwnRegistration(installation, eventId, id);
    expect(await replaceOwnTicket(installation, eventId, id)).toEqual({ kind: 'too_late' });
  });

  test('is sent again once in ten minutes, however often somebody asks', async () => {
    const id = await register();
    for (let i = 0; i < 3; i++) await sendTicketAgain(installation, eventId, id);
    expect(await mailsOf(id)).toEqual(['confirmation', 'ticket']);
    now = addMillis(now, 10 * MINUTE);
    await sendTicketAgain(installation, eventId, id);
    expect(await mailsOf(id)).toEqual(['confirmation', 'ticket', 'ticket']);
  });
});

describe('erasing', () => {
  test('before the event ends leaves nothing personal, and the place is free', async () => {
    const id = await register({ needs: { ...NO_NEEDS, other: 'Allergie' } });
    await register();
    const queued = await register();
    await eraseOwnRegistration(installation, eventId, id);
    const row = JSON.stringify(await read(id));
    for (const personal of ['Fatma', 'example.org', 'Allergie']) expect(row).not.toContain(personal);
    expect(await read(id)).toMatchObject({ state: 'cancelled', erased_at: now });
    expect((await read(queued)).state).toBe('confirmed');
    expect(await mailsOf(id)).toEqual([]);
  });

  test('after the event the person still counts, without a name', async () => {
    const id = await register();
    now = evening.endsAt;
    await eraseOwnRegistration(installation, eventId, id);
    expect(await read(id)).toMatchObject({ name: '', email: null, state: 'confirmed' });
  });
});

describe('held digitally instead', () => {
  test('is told once to everyone who has not cancelled, and once more when it is changed back', async () => {
    const host = await register({ names: ['Fatma', 'Ayşe'] });
    const queued = await register();
    const cancelled = await register({ workgroupId: w6 });
    await cancelOwnRegistration(installation, eventId, cancelled);
    await register({ workgroupId: w6, email: null });
    await setHeld(installation, eventId, 'digital');
    await setHeld(installation, eventId, 'digital');
    const told = await installation.db
      .selectFrom('mails')
      .select('registration_id')
      .where('kind', '=', 'held')
      .execute();
    expect(told.map(({ registration_id }) => registration_id).sort()).toEqual([host, queued].sort());
    await setHeld(installation, eventId, 'on_site');
    expect((await mailsOf(host)).filter((kind) => kind === 'held')).toHaveLength(2);
  });
});
