import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId } from '../../src/lib/domain/ids.ts';
import { addMillis, DAY, HOUR, type Millis } from '../../src/lib/domain/time.ts';
import { readDates, saveDates } from '../../src/lib/server/event-dates.ts';
import { germanOf, readTexts, saveGermanTexts } from '../../src/lib/server/event-texts.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { rotateKeys } from '../../src/lib/server/operation/rotate-keys.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { Tablet } from '../support/tablet.ts';

const DAY_OF_THE_EVENT = dialogueEvening().startsAt;

let now: Millis;
let world: TestInstallation;
beforeEach(async () => {
  now = addMillis(DAY_OF_THE_EVENT, -HOUR);
  world = await testInstallation(() => now);
});
afterEach(() => world.dispose());

/** An evening so many days after the first one. */
function evening(days: number, slug = days < 0 ? `before-${-days}` : `after-${days}`): Promise<EventId> {
  const event = dialogueEvening(slug);
  const later = (at: Millis) => addMillis(at, days * DAY);
  return createEvent(world.installation, {
    ...event,
    startsAt: later(event.startsAt),
    endsAt: later(event.endsAt),
    registrationUntil: later(event.registrationUntil),
    admissionFrom: later(event.admissionFrom),
    admissionUntil: later(event.admissionUntil),
  });
}

/** Which events' tablets get their setting anew by what is done. */
async function touchedBy(work: () => Promise<unknown>): Promise<string[]> {
  const read = () =>
    world.installation.db.selectFrom('events').select(['id', 'slug', 'change', 'setting_change']).execute();
  const before = new Map((await read()).map((event) => [event.id, event]));
  await work();
  const touched = (await read()).filter(
    ({ id, change }) => before.has(id) && before.get(id)!.change !== change,
  );
  for (const { change, setting_change } of touched) expect(setting_change).toBe(change);
  return touched.map(({ slug }) => slug).sort();
}

async function rename(id: EventId, title: string): Promise<void> {
  const { texts, version } = await readTexts(world.installation.db, id);
  await saveGermanTexts(world.installation, id, { german: { ...germanOf(texts), title }, version });
}

async function putOff(id: EventId, days: number): Promise<void> {
  const { dates, version } = await readDates(world.installation.db, id);
  const later = (at: Millis) => addMillis(at, days * DAY);
  const moved = { ...dates, startsAt: later(dates.startsAt), endsAt: later(dates.endsAt) };
  await saveDates(world.installation, id, { dates: moved, version });
}

describe('an event that is made or edited', () => {
  let id: EventId;
  beforeEach(async () => {
    id = await evening(0, 'today');
    for (const days of [-40, -7, 1, 35, 40, 400]) await evening(days);
  });

  test.each([
    ['made', () => evening(0, 'fresh'), ['after-1', 'after-35', 'today']],
    ['named anew', () => rename(id, 'Anders'), ['after-1', 'after-35', 'today']],
    ['given a new key', () => rotateKeys(world.installation, id, false), ['after-1', 'after-35', 'today']],
    // Also those near the day that it was on: it must not stand there for ever.
    ['put off', () => putOff(id, 400), ['after-1', 'after-35', 'after-400', 'today']],
  ])('is news for those that are near and not over: %s', async (_, work, touched) => {
    expect(await touchedBy(work)).toEqual(touched);
  });

  test('is news for the tablets of last night, which may still be at work', async () => {
    await evening(-1);
    now = addMillis(DAY_OF_THE_EVENT, -20 * HOUR);
    expect(await touchedBy(() => rename(id, 'Anders'))).toContain('before-1');
    now = addMillis(DAY_OF_THE_EVENT, 8 * HOUR);
    expect(await touchedBy(() => rename(id, 'Noch anders'))).not.toContain('before-1');
  });
});

test("a ticket for the evening of next month is called that at tonight's door, by the name that it has by now", async () => {
  const tonight = await evening(0);
  const tablet = new Tablet('Saal', world.installation);
  await tablet.start();
  await tablet.pair(world.installation, tonight);
  await tablet.sync();
  const next = await evening(35);
  await rename(next, 'Der nächste Abend');
  const registration = await registerByOffice(world.installation, next, {
    submissionId: crypto.randomUUID(),
    name: 'Gast',
    email: null,
    workgroupId: 'w5' as never,
    locale: 'de',
    origin: 'office',
    state: 'confirmed',
    consented: true,
  });
  const { text } = await world.installation.db
    .selectFrom('tickets')
    .select('text')
    .where('registration_id', '=', registration)
    .executeTakeFirstOrThrow();
  await tablet.sync();
  expect(await tablet.scan(text, 'hall-door')).toMatchObject({
    kind: 'shown',
    verdict: { word: 'other_event', event: { title: { de: 'Der nächste Abend' } } },
  });
});
