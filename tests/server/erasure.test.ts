import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventId, RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { KEPT_DAYS } from '../../src/lib/domain/retention.ts';
import { addMillis, type Millis } from '../../src/lib/domain/time.ts';
import { eraseDue } from '../../src/lib/server/erasure.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { readLiveView } from '../../src/lib/server/live-view.ts';
import { findTicketPage, registerByOffice } from '../../src/lib/server/registrations.ts';
import { deletionDay } from '../../src/lib/server/retention.ts';
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
