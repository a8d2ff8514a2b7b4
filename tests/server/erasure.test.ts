import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { KEPT_DAYS } from '../../src/lib/domain/retention.ts';
import { addMillis, DAY, HOUR, type Millis } from '../../src/lib/domain/time.ts';
import { listActs } from '../../src/lib/server/acts.ts';
import { eraseDue, eraseEarly } from '../../src/lib/server/erasure.ts';
import { readFigures } from '../../src/lib/server/event-figures.ts';
import { createEvent, findEvent } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { readLiveView } from '../../src/lib/server/live-view.ts';
import { findTicketPage, registerByOffice } from '../../src/lib/server/registrations.ts';
import { changeRetention, deletionDay } from '../../src/lib/server/retention.ts';
import { eraseOwnRegistration } from '../../src/lib/server/self-service.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { Tablet } from '../support/tablet.ts';

const evening = dialogueEvening();
const due = deletionDay({ ...evening, keptDays: KEPT_DAYS });

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let tablet: Tablet;
let now: Millis;

beforeEach(async () => {
  now = evening.startsAt;
  opened = await testInstallation(() => now);
  installation = opened.installation;
  eventId = await createEvent(installation, evening);
  tablet = new Tablet('tab1', installation);
  await tablet.start();
  await tablet.pair(installation, eventId);
});
afterEach(() => opened.dispose());

const register = (name: string, event = eventId): Promise<RegistrationId> =>
  registerByOffice(installation, event, {
    submissionId: crypto.randomUUID(),
    name,
    email: `${name}@example.org`,
    workgroupId: 'w5' as WorkgroupId,
    locale: 'tr',
    origin: 'office',
    state: 'confirmed',
    consented: true,
  });

/** Somebody comes in, and once more on the staff's word. */
async function comeIn(name: string): Promise<void> {
  const id = await register(name);
  await tablet.sync();
  const { ticketText } = (await findTicketPage(installation.db, id))!;
  await tablet.scan(ticketText, 'w5-door');
  await tablet.door.checkInByHand(id, { by: 'Kim Staff', why: 'weil der Akku leer ist' });
  const again = await tablet.scan(ticketText, 'w5-door');
  if (again.kind !== 'shown') throw new Error(again.kind);
  await tablet.door.override(again, 'Kim Staff', 'weil es regnet');
  await tablet.sync();
}

/** Everything that the database holds of the event. */
async function everything(): Promise<string> {
  const tables = ['registrations', 'mails', 'scans', 'anomalies'] as const;
  return JSON.stringify(
    await Promise.all(tables.map((table) => installation.db.selectFrom(table).selectAll().execute())),
  );
}

test('a millisecond before the promised day everything is there', async () => {
  await comeIn('Fatma');
  expect(await everything()).toContain('Kim');
  now = addMillis(due, -1);
  expect(await eraseDue(installation)).toBe(0);
  expect(await everything()).toContain('Fatma');
});

test('from the promised day on no name, address or word of the staff is left, and the figures stay', async () => {
  await comeIn('Fatma');
  await comeIn('Olga');
  const before = await readLiveView(installation, eventId);
  now = due;
  expect(await eraseDue(installation)).toBe(2);
  const left = await everything();
  for (const personal of ['Fatma', 'Olga', 'example.org', 'Kim', 'regnet'])
    expect(left).not.toContain(personal);
  const after = await readLiveView(installation, eventId);
  expect([after.total, after.registered, after.conflictCount]).toEqual([
    before.total,
    before.registered,
    before.conflictCount,
  ]);
  expect(after.total).toBe(2);
  expect(await eraseDue(installation)).toBe(0);
});

test('other events keep their people', async () => {
  const later = await createEvent(installation, {
    ...dialogueEvening('later'),
    endsAt: addMillis(evening.endsAt, 1),
  });
  await register('Fatma', later);
  now = due;
  expect(await eraseDue(installation)).toBe(0);
  expect(await everything()).toContain('Fatma');
});

const erasures = () => listActs(installation.db, eventId, { kind: 'event_erased' }, 10);
const KIM = { id: 'kim', name: 'Kim Owner' };

describe('an erasure', () => {
  test('says what it erased, and by whom', async () => {
    await comeIn('Fatma');
    await register('Olga');
    now = due;
    await eraseDue(installation);
    const [erasure, ...more] = await erasures();
    expect(more).toEqual([]);
    expect(erasure).toMatchObject({
      actorName: null,
      details: { registrations: 2, addresses: 2, needs: 0, anomalies: 0, staffWords: 2, feedback: 0 },
    });
    expect((await findEvent(installation.db, { id: eventId }))!.erasedAt).toBe(now);
  });

  test('leaves every figure as it was, and so does whoever is erased before all others', async () => {
    await comeIn('Fatma');
    for (const name of ['Olga', 'Ali', 'Ewa', 'Jörg', 'Ion', 'Cem']) await register(name);
    await tablet.sync();
    now = addMillis(evening.endsAt, HOUR);
    const before = await readFigures(installation, eventId);
    expect(before.survey.languages.find(({ key }) => key === 'tr')!.count).toBe(7);
    await eraseOwnRegistration(installation, eventId, await idOf('Olga'));
    expect(await readFigures(installation, eventId)).toEqual(before);
    await eraseEarly(installation, eventId, KIM);
    expect(await readFigures(installation, eventId)).toEqual(before);
    expect(await everything()).not.toContain('Ali');
  });

  test('by an owner is possible once the event has ended, and not before', async () => {
    await register('Fatma');
    now = addMillis(evening.endsAt, -1);
    expect(await eraseEarly(installation, eventId, KIM)).toEqual({ kind: 'not_ended' });
    expect(await everything()).toContain('Fatma');
    now = evening.endsAt;
    expect(await eraseEarly(installation, eventId, KIM)).toMatchObject({
      kind: 'erased',
      counts: { registrations: 1 },
    });
    expect(await erasures()).toMatchObject([{ actorName: 'Kim Owner' }]);
  });

  test('reaches what a tablet hands in afterwards, which still counts', async () => {
    const id = await register('Fatma');
    await tablet.sync();
    const { ticketText } = (await findTicketPage(installation.db, id))!;
    const shown = await tablet.scan(ticketText, 'w6-door');
    if (shown.kind !== 'shown') throw new Error(shown.kind);
    await tablet.door.override(shown, 'Kim Staff', 'weil es regnet');
    now = evening.endsAt;
    await eraseEarly(installation, eventId, KIM);
    await tablet.sync();
    expect(await everything()).toContain('regnet');
    await eraseDue(installation);
    expect(await everything()).not.toContain('regnet');
    expect((await readFigures(installation, eventId)).attendance.came).toBe(1);
    expect(await erasures()).toMatchObject([
      { actorName: null, details: { registrations: 0, staffWords: 1 } },
      { actorName: 'Kim Owner', details: { registrations: 1, staffWords: 0 } },
    ]);
  });

  test('empties the names on the tablets, too', async () => {
    await register('Fatma');
    await tablet.sync();
    expect(await tablet.everythingOnDisk({ opened: true })).toContain('Fatma');
    now = evening.endsAt;
    await eraseEarly(installation, eventId, KIM);
    await tablet.sync();
    expect(await tablet.everythingOnDisk({ opened: true })).not.toContain('Fatma');
  });
});

async function idOf(name: string): Promise<RegistrationId> {
  const { id } = await installation.db
    .selectFrom('registrations')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return id;
}

describe('how long personal data is kept', () => {
  const change = (days: number) => changeRetention(installation, eventId, days, KIM);
  const keptDays = async () => (await findEvent(installation.db, { id: eventId }))!.keptDays;

  test('is for the owner to decide, is written down, and is kept to', async () => {
    expect(await change(60)).toEqual({ kind: 'changed' });
    expect(await change(60)).toEqual({ kind: 'unchanged' });
    expect(await listActs(installation.db, eventId, { kind: 'retention_changed' }, 10)).toMatchObject([
      { actorName: 'Kim Owner', details: { days: 60, before: KEPT_DAYS } },
    ]);
    await register('Fatma');
    now = due;
    expect(await eraseDue(installation)).toBe(0);
    now = addMillis(evening.endsAt, 60 * DAY);
    expect(await eraseDue(installation)).toBe(1);
  });

  test('becomes only shorter once somebody has registered on its promise', async () => {
    await register('Fatma');
    expect(await change(KEPT_DAYS + 1)).toEqual({ kind: 'promised' });
    expect(await change(14)).toEqual({ kind: 'changed' });
    expect(await change(KEPT_DAYS)).toEqual({ kind: 'promised' });
    expect(await keptDays()).toBe(14);
  });

  test('is not set to a time that is over, and erases nothing in passing', async () => {
    await register('Fatma');
    now = addMillis(evening.endsAt, 10 * DAY);
    expect(await change(10)).toEqual({ kind: 'past' });
    expect(await eraseDue(installation)).toBe(0);
    expect(await change(11)).toEqual({ kind: 'changed' });
  });

  test('cannot be changed when there is nothing left to keep', async () => {
    now = evening.endsAt;
    await eraseEarly(installation, eventId, KIM);
    expect(await change(30)).toEqual({ kind: 'erased' });
  });
});
