import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RoomId } from '../../src/lib/domain/ids.ts';
import { berlinTime } from '../../src/lib/server/berlin-time.ts';
import { createEvent, findEvent, listEvents } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { load as publicLoad } from '../../src/routes/(public)/[event]/+layout.server.ts';
import { actions as registerActions } from '../../src/routes/(public)/[event]/register/+page.server.ts';
import { parseDates, typedDates } from '../../src/routes/office/[event]/setup/dates/dates-form.ts';
import { countPoints, parseTexts } from '../../src/routes/office/[event]/setup/texts/texts-form.ts';
import { parseCheckpoints } from '../../src/routes/office/[event]/setup/checkpoints/checkpoints-form.ts';
import { actions } from '../../src/routes/office/new/+page.server.ts';
import { FieldReader, readFields } from '../../src/routes/office/form-reader.ts';
import { readLines } from '../../src/routes/office/form-lines.ts';
import { formState } from '../../src/routes/office/form-state.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

let opened: TestInstallation;
let installation: Installation;

beforeEach(async () => {
  opened = await testInstallation(() => berlinTime(2022, 11, 1, 9));
  installation = opened.installation;
});
afterEach(() => opened.dispose());

const organiser = { id: 'mertens', name: 'Frank Mertens', email: 'frank.mertens@example.org' };
const idea = {
  title: 'Offenes Forum',
  slug: '',
  startsAt: '2022-12-09T18:00',
  endsAt: '2022-12-09T21:00',
  venue: 'Rathaus',
  capacity: '80',
  workgroups: 'Bildung\n\nWohnen',
  places: '20',
};

function post(fields: Record<string, string>): Promise<unknown> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const request = new Request('http://localhost/', { method: 'POST', body });
  const action = actions.default as (event: never) => Promise<unknown>;
  return action({ request, locals: { installation, organiser } } as never).catch((thrown: unknown) => thrown);
}

describe('a new event', () => {
  test('is made with an address of its title, and its maker as contact', async () => {
    expect(await post(idea)).toMatchObject({ status: 303, location: '/office/offenes-forum/setup?new' });
    const event = await findEvent(installation.db, { slug: 'offenes-forum' });
    expect(event).toMatchObject({ publishedAt: null, texts: { contact: { name: 'Frank Mertens' } } });
  });

  test.each<[Record<string, string>, Record<string, string>]>([
    [{ title: ' ' }, { title: 'missing' }],
    [{ title: 'لقاء' }, { slug: 'slug_wrong' }],
    [{ slug: 'office' }, { slug: 'slug_wrong' }],
    [{ slug: 'new' }, { slug: 'slug_wrong' }],
    [{ slug: 'a b' }, { slug: 'slug_wrong' }],
    [{ startsAt: '' }, { startsAt: 'missing' }],
    [{ startsAt: '2023-03-26T02:30' }, { startsAt: 'moment_wrong' }],
    [{ startsAt: '2021-12-09T18:00' }, { startsAt: 'in_the_past' }],
    [{ endsAt: '2022-12-09T18:00' }, { endsAt: 'ends_before_start' }],
    [
      { capacity: '-1', places: 'viele' },
      { capacity: 'number_wrong', places: 'number_wrong' },
    ],
    [{ workgroups: 'x'.repeat(300) }, { workgroups: 'too_long' }],
    [{ workgroups: 'x\n'.repeat(256) }, { workgroups: 'too_many' }],
  ])('with %j is refused, with what was typed', async (changes, problems) => {
    const typed = { ...idea, ...changes };
    expect(await post(typed)).toMatchObject({ status: 400, data: { problems, typed: { venue: 'Rathaus' } } });
    expect(await listEvents(installation.db)).toEqual([]);
  });

  test('can not have the address of another', async () => {
    await createEvent(installation, dialogueEvening());
    expect(await post({ ...idea, slug: ' Integration ' })).toMatchObject({
      status: 409,
      data: { problems: { slug: 'slug_taken' } },
    });
  });
});

describe('a draft at its public address', () => {
  test('is not found by the public, to read or to register', async () => {
    await createEvent(installation, { ...dialogueEvening(), draft: true });
    const request = new Request('http://localhost/integration');
    const visit = {
      params: { event: 'integration' },
      request,
      route: { id: '/(public)/[event]' },
      locals: { installation },
    } as never;
    await expect(publicLoad(visit)).rejects.toMatchObject({ status: 404 });
    const register = registerActions.default as (event: never) => Promise<unknown>;
    await expect(register(visit)).rejects.toMatchObject({ status: 404 });
  });
});

describe('the dates', () => {
  const stored = dialogueEvening();
  const dates = { ...stored, registrationFrom: null };

  test('stay to the millisecond where the form was not changed', () => {
    expect(parseDates(typedDates(dates), dates)).toMatchObject({
      dates: { registrationUntil: dates.registrationUntil, startsAt: dates.startsAt },
    });
  });

  test('a new deadline holds until its minute is over', () => {
    const typed = { ...typedDates(dates), registrationUntil: '2022-11-13T23:59' };
    expect(parseDates(typed, dates)).toMatchObject({
      dates: { registrationUntil: berlinTime(2022, 11, 14) - 1 },
    });
  });

  test('a deadline at the very end is none after it', () => {
    const typed = { ...typedDates(dates), registrationUntil: typedDates(dates).endsAt! };
    expect(parseDates(typed, dates)).toHaveProperty('dates');
  });
});

describe('the programme', () => {
  const base = { title: 'Forum', points: '4' };
  const point = (i: number, time: string, title: string, was = '') => ({
    [`point-was-${i}`]: was,
    [`point-time-${i}`]: time,
    [`point-title-${i}`]: title,
  });
  const titles = (typed: Record<string, string>) => {
    const parsed = parseTexts(typed, countPoints(typed));
    return 'german' in parsed ? parsed.german.programme.map(({ title }) => title) : parsed.problems;
  };

  test('takes up a new point by its time, and leaves out an empty one', () => {
    const typed = {
      ...base,
      ...point(0, '16:00', 'Beginn', '0'),
      ...point(1, '', '', '1'),
      ...point(2, '19:00', 'Ende', '2'),
      ...point(3, '17.30', 'Pause'),
    };
    expect(titles(typed)).toEqual(['Beginn', 'Pause', 'Ende']);
  });

  test('a point without a title is told', () => {
    expect(titles({ ...base, ...point(0, '16:00', ' ') })).toEqual({ 'point-title-0': 'missing' });
  });
});

describe('the doors', () => {
  const rooms = [{ id: 'hall' as RoomId }];
  const { checkpoints } = dialogueEvening();
  const door = checkpoints[0]!;
  const typed = { 'name-hall-door': 'Eingang', 'entry-hall-door': 'yes', 'room-hall-door': 'nowhere' };

  test('keep what the lists do not offer otherwise', () => {
    expect(parseCheckpoints(typed, [door], rooms)).toMatchObject({
      edit: { kept: [{ name: 'Eingang', roomId: 'hall', directions: ['entry'], admits: 'anyone' }] },
    });
  });

  test('serve one direction at least', () => {
    const none = { ...typed, 'entry-hall-door': '' };
    expect(parseCheckpoints(none, [door], rooms)).toMatchObject({
      problems: { 'entry-hall-door': 'direction_missing' },
    });
  });
});

describe('a form', () => {
  test('is read by name, the first of each, without files and what every object has', () => {
    const data = new FormData();
    data.append('a', '1');
    data.append('a', '2');
    data.append('file', new File(['x'], 'x'));
    expect(readFields(data)).toEqual({ a: '1' });
    expect(new FieldReader({}).raw('constructor')).toBe('');
    expect(readLines(new FieldReader({ lines: ' a \r\n\r\nb' }), 'lines', 2)).toEqual(['a', 'b']);
  });

  test('with a mistake keeps the version that it began with; overtaken, it gets the new one and what is stored', () => {
    const stored = { fields: { a: 'new', b: 'same' }, version: 'v2' };
    const typed = { a: 'mine', b: 'same', version: 'v1' };
    const wrong = formState(stored, { typed, problems: { a: 'too_long' }, meanwhile: false });
    expect([wrong.version, wrong.value('a'), wrong.stored('a')]).toEqual(['v1', 'mine', undefined]);
    const overtaken = formState(stored, { typed, problems: {}, meanwhile: true });
    expect([overtaken.version, overtaken.value('a'), overtaken.stored('a')]).toEqual(['v2', 'mine', 'new']);
    expect(overtaken.stored('b')).toBeUndefined();
  });
});
