import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { registrationWindow } from '../../src/lib/domain/registration-window.ts';
import { addMillis, DAY, HOUR, type Millis } from '../../src/lib/domain/time.ts';
import { listActs } from '../../src/lib/server/acts.ts';
import { berlinText, berlinTime, readBerlinText } from '../../src/lib/server/berlin-time.ts';
import { readDates, saveDates } from '../../src/lib/server/event-dates.ts';
import {
  changeAddress,
  closeRegistration,
  openRegistration,
  publishEvent,
  withdrawEvent,
} from '../../src/lib/server/event-publication.ts';
import { missingToPublish } from '../../src/lib/server/event-readiness.ts';
import { readSetting } from '../../src/lib/server/event-setting.ts';
import { germanOf, readTexts, saveGermanTexts } from '../../src/lib/server/event-texts.ts';
import {
  countMissing,
  listTranslatable,
  saveTranslations,
  translationVersion,
} from '../../src/lib/server/event-translations.ts';
import { createEvent, findEvent, listPublicEvents, type EventPage } from '../../src/lib/server/events.ts';
import { registerByForm } from '../../src/lib/server/form-registration.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { blankEvent, copyOfEvent, shiftByClock } from '../../src/lib/server/new-event.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

let opened: TestInstallation;
let installation: Installation;
let now: Millis;

const START = berlinTime(2022, 11, 18, 16);
const IDEA = {
  slug: 'forum',
  title: 'Offenes Forum',
  venue: 'Stadthalle',
  startsAt: START,
  endsAt: addMillis(START, 3 * HOUR),
};
const BLANK = {
  ...IDEA,
  organiser: 'Stadt Gütersloh',
  contact: { name: 'Frank Mertens', email: 'frank.mertens@example.org' },
  capacity: 100,
  workgroups: ['Bildung', 'Wohnen'],
  places: 20,
};

const MERTENS = { id: 'mertens', name: 'Frank Mertens' };

beforeEach(async () => {
  now = berlinTime(2022, 11, 1, 9);
  opened = await testInstallation(() => now);
  installation = opened.installation;
});
afterEach(() => opened.dispose());

const page = async (id: EventId): Promise<EventPage> => (await findEvent(installation.db, { id }))!;
const make = (changes: Partial<typeof BLANK> = {}) =>
  createEvent(installation, blankEvent({ ...BLANK, ...changes }, now), MERTENS);
const settingChange = async (id: EventId) =>
  (
    await installation.db
      .selectFrom('events')
      .select('setting_change')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
  ).setting_change;
const kindsOf = async (id: EventId) =>
  (await listActs(installation.db, id, {}, 50)).map(({ kind }) => kind).reverse();

function register(eventId: EventId, workgroupId = 'w1', name = 'Ayşe Yılmaz') {
  return registerByForm(installation, eventId, {
    submissionId: crypto.randomUUID(),
    names: [name],
    email: 'ayse@example.org',
    affiliation: null,
    workgroupId: workgroupId as WorkgroupId,
    secondChoiceId: null,
    needs: { wheelchair: false, signLanguage: false, interpreting: null, other: '' },
    whenFull: null,
    locale: 'de',
  });
}

describe('an event made from nothing', () => {
  test('has all that it needs to be published, a room and a door for each workgroup, and a key', async () => {
    const id = await make();
    expect(await missingToPublish(installation.db, id, now)).toEqual([]);
    const setting = await readSetting(installation.db, id);
    expect(setting.rooms.map(({ id, capacity }) => [id, capacity])).toEqual([
      ['hall', 100],
      ['w1', 20],
      ['w2', 20],
    ]);
    expect(setting.checkpoints.map(({ id, roomId, admits }) => [id, roomId, admits])).toEqual([
      ['hall-door', 'hall', 'anyone'],
      ['w1-door', 'w1', 'own_workgroup'],
      ['w2-door', 'w2', 'own_workgroup'],
    ]);
    expect(setting.keys.filter(({ eventId }) => eventId === id)).toHaveLength(1);
    const event = await page(id);
    expect(berlinText(event.registrationUntil)).toBe('2022-11-17T23:59');
    expect(berlinText(event.admissionFrom)).toBe('2022-11-18T15:00');
    expect(await kindsOf(id)).toEqual(['event_created']);
  });

  test('tells what is missing, and is not published before', async () => {
    const id = await make({ workgroups: [], venue: '', organiser: '' });
    const missing = ['venue', 'organiser', 'workgroup'];
    expect(await missingToPublish(installation.db, id, now)).toEqual(missing);
    expect(await publishEvent(installation, id)).toEqual({ kind: 'not_ready', missing });
    expect((await page(id)).publishedAt).toBeNull();
    expect(await missingToPublish(installation.db, id, addMillis(START, -HOUR))).toContain('deadline');
    expect(await missingToPublish(installation.db, id, addMillis(START, DAY))).toContain('end');
  });
});

describe('a draft', () => {
  test('is in no list, and nobody can register; once published, both', async () => {
    const id = await make();
    expect(await listPublicEvents(installation.db)).toEqual([]);
    expect(await register(id)).toEqual({ kind: 'closed' });
    expect(await publishEvent(installation, id)).toEqual({ kind: 'published' });
    expect(await publishEvent(installation, id)).toEqual({ kind: 'already' });
    expect(await listPublicEvents(installation.db)).toHaveLength(1);
    expect(await register(id)).toMatchObject({ kind: 'registered' });
    expect(await kindsOf(id)).toEqual(['event_created', 'event_published']);
  });

  test('can have another address, unless another event has it; published, it keeps its own', async () => {
    const id = await make();
    await createEvent(installation, dialogueEvening());
    expect(await changeAddress(installation, id, 'integration')).toEqual({ kind: 'taken' });
    expect(await changeAddress(installation, id, 'forum-2022')).toEqual({ kind: 'saved' });
    expect((await page(id)).slug).toBe('forum-2022');
    await publishEvent(installation, id);
    expect(await changeAddress(installation, id, 'forum')).toEqual({ kind: 'published', slug: 'forum-2022' });
    expect((await page(id)).slug).toBe('forum-2022');
  });

  test('can an event become again only while nobody has registered', async () => {
    const id = await make();
    await publishEvent(installation, id);
    expect(await withdrawEvent(installation, id)).toEqual({ kind: 'withdrawn' });
    await publishEvent(installation, id);
    await register(id);
    expect(await withdrawEvent(installation, id)).toEqual({ kind: 'has_registrations' });
    expect((await page(id)).publishedAt).not.toBeNull();
  });
});

describe('registration', () => {
  test('is closed by hand and opened again, until the deadline', async () => {
    const id = await make();
    await publishEvent(installation, id);
    expect(await closeRegistration(installation, id)).toEqual({ kind: 'closed' });
    expect(await closeRegistration(installation, id)).toEqual({ kind: 'already' });
    expect(await register(id)).toEqual({ kind: 'closed' });
    expect(registrationWindow(await page(id), now)).toEqual({ kind: 'closed', by: 'hand', since: now });
    expect(await openRegistration(installation, id)).toEqual({ kind: 'opened' });
    expect(await register(id)).toMatchObject({ kind: 'registered' });
    now = addMillis(START, -HOUR);
    expect(await openRegistration(installation, id)).toEqual({ kind: 'deadline_over' });
    expect(await register(id, 'w1', 'Jörg Müller')).toEqual({ kind: 'closed' });
  });

  test('opens by its date, or before by hand', async () => {
    const id = await make();
    const { dates, version } = await readDates(installation.db, id);
    const from = addMillis(now, DAY);
    await saveDates(installation, id, { dates: { ...dates, registrationFrom: from }, version });
    await publishEvent(installation, id);
    expect(await register(id)).toEqual({ kind: 'closed' });
    expect(await openRegistration(installation, id)).toEqual({ kind: 'opened' });
    expect(await register(id)).toMatchObject({ kind: 'registered' });
  });
});

describe('two who edit at once', () => {
  test('the dates: the second is told, and what the first has saved stays', async () => {
    const id = await make();
    const other = await createEvent(installation, dialogueEvening());
    const { dates, version } = await readDates(installation.db, id);
    const before = { own: await settingChange(id), other: await settingChange(other) };
    const later = { ...dates, endsAt: addMillis(dates.endsAt, HOUR) };
    expect(await saveDates(installation, id, { dates: later, version })).toEqual({ kind: 'saved' });
    // The tablets of this event, and those of others, which can name its day.
    expect(await settingChange(id)).toBeGreaterThan(before.own);
    expect(await settingChange(other)).toBeGreaterThan(before.other);
    expect(await saveDates(installation, id, { dates, version })).toEqual({ kind: 'changed_meanwhile' });
    expect((await page(id)).endsAt).toBe(later.endsAt);
  });

  test('one the texts and one the dates: both are saved', async () => {
    const id = await make();
    const texts = await readTexts(installation.db, id);
    const { dates, version } = await readDates(installation.db, id);
    const german = { ...germanOf(texts.texts), title: 'Großes Forum' };
    await saveGermanTexts(installation, id, { german, version: texts.version });
    expect(await saveDates(installation, id, { dates, version })).toEqual({ kind: 'saved' });
    expect((await page(id)).texts.title.de).toBe('Großes Forum');
  });
});

test('an event that is put off after its begin gives free places to who waits', async () => {
  const id = await make({ places: 0 });
  await installation.db.updateTable('workgroups').set({ places: 1 }).execute();
  await publishEvent(installation, id);
  const registration = {
    submissionId: crypto.randomUUID(),
    name: 'Jörg Müller',
    email: null,
    workgroupId: 'w1' as WorkgroupId,
    locale: 'de',
    origin: 'office',
    state: 'waitlisted',
    consented: true,
  } as const;
  const waiting: RegistrationId = await registerByOffice(installation, id, registration);
  const { dates, version } = await readDates(installation.db, id);
  const put = (by: number): typeof dates => ({
    ...dates,
    startsAt: addMillis(dates.startsAt, by),
    endsAt: addMillis(dates.endsAt, by),
  });
  await saveDates(installation, id, { dates: put(7 * DAY), version });
  const row = await installation.db
    .selectFrom('registrations')
    .select('state')
    .where('id', '=', waiting)
    .executeTakeFirstOrThrow();
  expect(row.state).toBe('confirmed');
});

describe('texts', () => {
  test('are written in German and translated; what is not translated is counted and read in German', async () => {
    const id = await make();
    const texts = await listTranslatable(installation.db, id);
    expect(texts.map(({ key }) => key)).toEqual([
      ...['title', 'venue', 'workgroup-w1', 'workgroup-w2'],
      ...[
        'room-hall',
        'room-w1',
        'room-w2',
        'checkpoint-hall-door',
        'checkpoint-w1-door',
        'checkpoint-w2-door',
      ],
    ]);
    // Rooms and doors have names in every language from the beginning.
    expect(countMissing(texts, 'tr')).toBe(4);
    const version = translationVersion(texts, 'tr');
    const translations = new Map([
      ['title', 'Açık forum'],
      ['workgroup-w1', 'Eğitim'],
      ['room-w1', ''],
    ]);
    expect(await saveTranslations(installation, id, 'tr', { translations, version })).toEqual({
      kind: 'saved',
    });
    expect((await page(id)).texts.title).toEqual({ de: 'Offenes Forum', tr: 'Açık forum' });
    const setting = await readSetting(installation.db, id);
    expect(setting.workgroups[0]!.title).toEqual({ de: 'Bildung', tr: 'Eğitim' });
    expect(setting.rooms[1]!.name).not.toHaveProperty('tr');
    expect(await saveTranslations(installation, id, 'tr', { translations, version })).toEqual({
      kind: 'changed_meanwhile',
    });
  });

  test('keep their translations when the German is corrected, also where a point of the programme goes', async () => {
    const id = await createEvent(installation, {
      ...dialogueEvening(),
      texts: {
        ...dialogueEvening().texts,
        programme: [
          { time: '16:00', title: { de: 'Beginn', en: 'Begin' } },
          { time: '17:00', title: { de: 'Gruppen', en: 'Groups' }, detail: { de: 'im Haus', en: 'here' } },
        ],
      },
    });
    const { texts, version } = await readTexts(installation.db, id);
    const german = germanOf(texts);
    german.programme = [{ ...german.programme[1]!, title: 'Arbeitsgruppen' }];
    await saveGermanTexts(installation, id, { german, version });
    expect((await page(id)).texts.programme).toEqual([
      { time: '17:00', title: { de: 'Arbeitsgruppen', en: 'Groups' }, detail: { de: 'im Haus', en: 'here' } },
    ]);
  });
});

describe('a copy of a former event', () => {
  test('has everything but its people, at the new time, as a draft with a key of its own', async () => {
    const former = await createEvent(installation, dialogueEvening());
    await register(former, 'w5');
    const idea = {
      ...IDEA,
      title: 'Gemeinsam leben in Gütersloh',
      startsAt: berlinTime(2023, 6, 16, 17),
      endsAt: berlinTime(2023, 6, 16, 20),
    };
    const id = await createEvent(installation, await copyOfEvent(installation.db, await page(former), idea));
    const [before, after] = [
      await readSetting(installation.db, former),
      await readSetting(installation.db, id),
    ];
    expect(after.rooms).toEqual(before.rooms);
    expect(after.workgroups).toEqual(before.workgroups);
    expect(after.checkpoints).toEqual(before.checkpoints);
    const copy = await page(id);
    expect(copy.publishedAt).toBeNull();
    expect(copy.texts).toMatchObject({ organiser: 'Stadt Gütersloh', venue: { de: 'Stadthalle' } });
    // The deadline was at midnight four days before; in summer it is so, too, an hour later as the event is.
    expect(berlinText(copy.registrationUntil)).toBe('2023-06-12T01:00');
    expect(berlinText(copy.admissionFrom)).toBe('2023-06-16T16:00');
    expect(berlinText(copy.admissionUntil)).toBe('2023-06-16T20:00');
    const people = await installation.db
      .selectFrom('registrations')
      .select('id')
      .where('event_id', '=', id)
      .execute();
    expect(people).toEqual([]);
    const own = (eventId: EventId) => after.keys.find((key) => key.eventId === eventId)!.keyId;
    expect(own(id)).not.toBe(own(former));
  });

  test('keeps the distance by the clock on the wall, over the change to summer time', () => {
    const shifted = shiftByClock(berlinTime(2022, 3, 25, 23, 59), START, berlinTime(2023, 3, 31, 16));
    expect(berlinText(shifted)).toBe('2022-08-05T23:59');
  });
});

describe('a moment in a form', () => {
  test.each(['2027-03-05T16:00', '2027-07-01T00:00', '2026-10-25T02:30'])(
    '%s is read and written',
    (text) => {
      expect(berlinText(readBerlinText(text)!)).toBe(text);
    },
  );

  test.each(['', '2027-06-31T10:00', '2027-03-28T02:30', '2027-03-05', '2027-03-05T24:00', '5.3.2027 16:00'])(
    '%j is none',
    (text) => {
      expect(readBerlinText(text)).toBeNull();
    },
  );
});
