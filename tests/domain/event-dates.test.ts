import { describe, expect, test } from 'vitest';
import { problemsOfDates, type EventDates } from '../../src/lib/domain/event-dates.ts';
import { slugOf } from '../../src/lib/domain/event-slug.ts';
import { DAY, HOUR, addMillis, millis } from '../../src/lib/domain/time.ts';

const START = millis(1_700_000_000_000);
const at = (hours: number) => addMillis(START, hours * HOUR);
const evening: EventDates = {
  startsAt: START,
  endsAt: at(3),
  registrationFrom: null,
  registrationUntil: at(-24),
  admissionFrom: at(-1),
  admissionUntil: at(3),
};
const problems = (dates: Partial<EventDates>) => problemsOfDates({ ...evening, ...dates });

describe('the dates of an event', () => {
  test.each<Partial<EventDates>>([
    {},
    { registrationUntil: at(3) },
    { registrationFrom: at(-48) },
    { admissionFrom: START },
    { admissionFrom: addMillis(at(3), -45 * DAY) },
  ])('can be %j', (dates) => {
    expect(problems(dates)).toEqual({});
  });

  test.each<[Partial<EventDates>, ReturnType<typeof problems>]>([
    [{ endsAt: START, registrationUntil: at(-24) }, { endsAt: 'ends_before_start' }],
    [{ registrationUntil: at(4) }, { registrationUntil: 'deadline_after_end' }],
    [{ registrationFrom: at(-24) }, { registrationFrom: 'opens_after_deadline' }],
    [{ admissionFrom: at(1) }, { admissionFrom: 'admission_after_start' }],
    [{ admissionUntil: START }, { admissionUntil: 'admission_ends_too_early' }],
    [{ admissionFrom: addMillis(START, -46 * DAY) }, { admissionFrom: 'admission_too_long' }],
  ])('can not be %j', (dates, expected) => {
    expect(problems(dates)).toEqual(expected);
  });
});

describe('an address made of a title', () => {
  test.each([
    ['Offenes Forum 2027', 'offenes-forum-2027'],
    ['Straßenfest am Ölberg: für alle!', 'strassenfest-am-oelberg-fuer-alle'],
    ['Café  „Żółw“', 'cafe-zo-w'],
    ['Dialogveranstaltung zum Integrationskonzept der Stadt', 'dialogveranstaltung-zum'],
    ['Donaudampfschifffahrtsgesellschaftskapitänsversammlung', 'donaudampfschifffahrtsgesellschaftskapit'],
    ['Office', ''],
    ['لقاء حواري', ''],
  ])('%s: %j', (title, slug) => {
    expect(slugOf(title)).toBe(slug);
  });
});
