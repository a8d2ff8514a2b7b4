import { isActionFailure, isRedirect } from '@sveltejs/kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WorkgroupId } from '../../src/lib/domain/ids.ts';
import { addMillis, DAY, MINUTE, SECOND, type Millis } from '../../src/lib/domain/time.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { stampForm } from '../../src/lib/server/form-moment.ts';
import { readNeeds } from '../../src/lib/server/registrations.ts';
import {
  choicesOf,
  parseTyped,
  readTyped,
  type Problems,
  type RegistrationForm,
  type Typed,
} from '../../src/routes/(public)/[event]/register/registration-form.ts';
import { actions } from '../../src/routes/(public)/[event]/register/+page.server.ts';
import { dialogueEvening } from '../support/events.ts';
import { minuteOldStamp } from '../support/forms.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

const SUBMISSION = '0198a8a2-1f4e-4f53-9c06-0d1f2a3b4c5d';

/** The fields as a browser sends them; of the companions, each is sent by the same name. */
type Sent = Record<string, string | Blob | string[]>;
const good = {
  submission: SUBMISSION,
  name: 'Fatma Yılmaz',
  email: 'fatma@example.org',
  workgroup: 'w5',
  consent: 'yes',
};
const everything = {
  ...good,
  affiliation: 'school',
  second: 'w6',
  companion: ['Ayşe Yılmaz', '', 'Ömer Yılmaz', ''],
  wheelchair: 'yes',
  'sign-language': 'yes',
  interpreting: 'tr',
  'other-needs': 'Ein Platz vorn,\r\nbitte',
};

function formOf(fields: Sent): FormData {
  const data = new FormData();
  for (const [name, values] of Object.entries(fields))
    for (const value of Array.isArray(values) ? values : [values]) data.append(name, value);
  return data;
}

const parse = (fields: Sent) => parseTyped(readTyped(formOf({ ...good, ...fields })));
function taken(fields: Sent): RegistrationForm {
  const parsed = parse(fields);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.form;
}
const problemsOf = (fields: Sent): Problems => {
  const parsed = parse(fields);
  return 'problems' in parsed ? parsed.problems : {};
};

describe('a form that is filled in', () => {
  test('is taken with what is needed alone', () => {
    expect(taken({})).toEqual({
      submission: SUBMISSION,
      name: 'Fatma Yılmaz',
      email: 'fatma@example.org',
      affiliation: null,
      workgroup: 'w5',
      second: null,
      companions: ['', '', '', ''],
      wheelchair: false,
      signLanguage: false,
      interpreting: null,
      otherNeeds: '',
      consent: 'yes',
      whenFull: null,
    });
  });

  test('is taken with everything', () => {
    expect(taken(everything)).toMatchObject({
      affiliation: 'school',
      second: 'w6',
      companions: ['Ayşe Yılmaz', '', 'Ömer Yılmaz', ''],
      wheelchair: true,
      signLanguage: true,
      interpreting: 'tr',
      otherNeeds: 'Ein Platz vorn, bitte',
    });
  });

  test.each([[''], [' \t ']])('is taken without an address: %j', (email) => {
    expect(taken({ email }).email).toBeNull();
  });

  test('has no more companions than fields', () => {
    expect(taken({ companion: ['A', 'B', 'C', 'D', 'E'] }).companions).toEqual(['A', 'B', 'C', 'D']);
  });

  test.each([
    ['spaces around', '  Fatma Yılmaz ', 'Fatma Yılmaz'],
    ['a line break and a tab', 'Fatma\r\nvon\tYılmaz', 'Fatma von Yılmaz'],
    ['control characters', 'Fat\0ma\u0007 \u0085Yılmaz\u001b', 'Fatma Yılmaz'],
    ['letters and accents apart', 'Zoe\u0308 A\u030angstro\u0308m', 'Zoë Ångström'],
    ['a character that turns the direction', '\u202eFatma\u202c', 'Fatma'],
    ['half of a character', 'Fatma\ud83d', 'Fatma\ufffd'],
    ['Arabic script', 'فاطمة يلماز', 'فاطمة يلماز'],
    ['a joiner that the script needs', 'علی\u200cرضا', 'علی\u200cرضا'],
    ['Han script', '王芳', '王芳'],
    ['an apostrophe and markup', "O'Brien <b>&amp;", "O'Brien <b>&amp;"],
    ['200 characters outside the basic plane', '𝔸'.repeat(200), '𝔸'.repeat(200)],
  ])('has a tidy name of one with %s', (_, typed, name) => {
    expect(taken({ name: typed }).name).toBe(name);
    expect(taken({ companion: [typed] }).companions[0]).toBe(name);
  });

  test.each([
    ['Fatma.Yilmaz+dialog@sub.example.org'],
    [' fatma@example.org '],
    ['jürgen@müller.de'],
    [`${'a'.repeat(242)}@example.org`],
  ])('may have the address %s', (email) => {
    expect(taken({ email }).email).toBe(email.trim());
  });

  test.each([[''], ['no-uuid'], ['\0'], ["'; drop table registrations; --"]])(
    'gets a new submission for %j, without a word',
    (submission) => {
      expect(taken({ submission }).submission).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});

describe('a form that is not', () => {
  test.each<[string, Sent, Problems]>([
    ['no name', { name: '' }, { name: 'name_missing' }],
    ['a name of spaces', { name: ' \u00a0\t ' }, { name: 'name_missing' }],
    ['a name that nobody sees', { name: '\0\u200b\u202e' }, { name: 'name_missing' }],
    ['a name of dots', { name: '...' }, { name: 'name_missing' }],
    ['a name of 201 characters', { name: 'a'.repeat(201) }, { name: 'name_too_long' }],
    ['a name of 10,000 characters', { name: 'a'.repeat(10_000) }, { name: 'name_too_long' }],
    ['an address without @', { email: 'fatma.example.org' }, { email: 'email_wrong' }],
    ['an address with two @', { email: 'fatma@yilmaz@example.org' }, { email: 'email_wrong' }],
    ['an address without a dot', { email: 'fatma@example' }, { email: 'email_wrong' }],
    ['an address with a space', { email: 'fatma y@example.org' }, { email: 'email_wrong' }],
    ['an address that ends in a dot', { email: 'fatma@example.' }, { email: 'email_wrong' }],
    [
      'an address of 255 characters',
      { email: `${'a'.repeat(243)}@example.org` },
      { email: 'email_too_long' },
    ],
    ['no workgroup', { workgroup: '' }, { workgroup: 'workgroup_missing' }],
    ['a workgroup that can be none', { workgroup: '../w5' }, { workgroup: 'workgroup_missing' }],
    ['a second workgroup that can be none', { second: '\0' }, { second: 'workgroup_unknown' }],
    ['the same workgroup twice', { second: 'w5' }, { second: 'second_same' }],
    ['an affiliation of its own', { affiliation: 'Schule' }, { affiliation: 'not_in_list' }],
    ['an affiliation that objects have', { affiliation: 'constructor' }, { affiliation: 'not_in_list' }],
    ['a language that is none', { interpreting: 'tlh' }, { interpreting: 'not_in_list' }],
    ['a language that objects have', { interpreting: '__proto__' }, { interpreting: 'not_in_list' }],
    ['a long need', { 'other-needs': 'ä'.repeat(301) }, { 'other-needs': 'other_too_long' }],
    [
      'companions who have no names',
      { companion: ['...', 'Ayşe', ' - ', 'a'.repeat(201)] },
      {
        'companion-1': 'companion_wrong',
        'companion-3': 'companion_wrong',
        'companion-4': 'name_too_long',
      },
    ],
    [
      'the same workgroup twice, and no name',
      { name: '', second: 'w5' },
      { name: 'name_missing', second: 'second_same' },
    ],
    ['no consent', { consent: '' }, { consent: 'consent_missing' }],
    ['another consent', { consent: 'no' }, { consent: 'consent_missing' }],
    [
      'nothing at all',
      { name: '', email: '', workgroup: '', consent: '' },
      {
        name: 'name_missing',
        workgroup: 'workgroup_missing',
        consent: 'consent_missing',
      },
    ],
  ])('%s', (_, fields, problems) => {
    expect(problemsOf(fields)).toEqual(problems);
  });
});

describe('sent to the event', () => {
  let opened: TestInstallation;
  let now: Millis;
  const evening = dialogueEvening();

  beforeEach(async () => {
    now = addMillis(evening.registrationUntil, -DAY);
    opened = await testInstallation(() => now);
    await createEvent(opened.installation, evening);
  });
  afterEach(() => opened.dispose());

  interface Answer {
    status: number;
    location?: string;
    typed?: Typed;
    problems?: Problems;
    sendAgain?: boolean;
    busyUntil?: Millis | null;
    headers: Record<string, string>;
  }

  /** What the action answers: the page to go to, or the form again with its status. */
  async function post(body: BodyInit, headers: Record<string, string> = {}, client = '192.0.2.7') {
    const request = new Request('http://einlass.test/integration/register', {
      method: 'POST',
      body,
      headers,
    });
    const answered: Record<string, string> = {};
    const event = {
      request,
      locals: { installation: opened.installation },
      params: { event: 'integration' },
      getClientAddress: () => client,
      setHeaders: (set: Record<string, string>) => Object.assign(answered, set),
    };
    try {
      const answer = await actions.default!(event as never);
      if (!isActionFailure(answer)) throw new Error('neither registered nor refused');
      return { ...(answer.data as unknown as Answer), status: answer.status, headers: answered };
    } catch (thrown) {
      if (isRedirect(thrown))
        return { status: thrown.status, location: thrown.location, headers: answered } as Answer;
      throw thrown;
    }
  }
  /** Sends a form that somebody has had the time to fill in. */
  const send = (fields: Sent, client?: string) =>
    post(formOf({ stamp: minuteOldStamp(opened.installation), ...fields }), {}, client);

  const rows = () => opened.installation.db.selectFrom('registrations').selectAll().orderBy('id').execute();
  const names = async () => (await rows()).map(({ name }) => name);
  const mails = () => opened.installation.db.selectFrom('mails').selectAll().execute();

  /** Leaves a workgroup so many free places. */
  async function leavePlaces(workgroup: string, places: number) {
    await opened.installation.db
      .updateTable('workgroups')
      .set({ places })
      .where('id', '=', workgroup as WorkgroupId)
      .execute();
  }

  test('it leads to the ticket, also the second time', async () => {
    const first = await send(good);
    expect(first).toMatchObject({
      status: 303,
      location: expect.stringMatching(/^\/ticket\/[\w-]{43}$/) as string,
    });
    expect(await send(good)).toEqual(first);
    expect(await names()).toEqual(['Fatma Yılmaz']);
  });

  test('it registers everybody, with all that was said', async () => {
    const first = await send(everything);
    expect(first.status).toBe(303);
    expect(await send(everything)).toEqual(first);
    const [host, ...companions] = await rows();
    expect(host).toMatchObject({
      name: 'Fatma Yılmaz',
      email: 'fatma@example.org',
      affiliation: 'school',
      first_choice_id: 'w5',
      second_choice_id: 'w6',
      consented_at: now,
    });
    expect(readNeeds(host!.access_needs)).toEqual({
      wheelchair: true,
      signLanguage: true,
      interpreting: 'tr',
      other: 'Ein Platz vorn, bitte',
    });
    expect(companions.map(({ name, host_id }) => [name, host_id])).toEqual([
      ['Ayşe Yılmaz', host!.id],
      ['Ömer Yılmaz', host!.id],
    ]);
  });

  test('without an address it registers and queues no mail', async () => {
    expect((await send({ ...good, email: '' })).status).toBe(303);
    expect((await rows()).map(({ email }) => email)).toEqual([null]);
    expect(await mails()).toEqual([]);
  });

  test.each([
    ['another person', { name: 'Mehmet Yılmaz' }],
    ['another companion', { companion: ['Ayşe'] }],
  ])('going back and entering %s registers anew', async (_, change) => {
    const first = await send(good);
    const second = await send({ ...good, ...change });
    expect(second.status).toBe(303);
    expect(second.location).not.toBe(first.location);
  });

  test('with a mistake it comes back as it was typed, all of it', async () => {
    const typed = { ...everything, name: ' Fatma\0 ', email: 'fatma@', 'other-needs': ' ä\nb ' };
    const answer = await send({ ...typed, stamp: 'forged' });
    expect(answer).toMatchObject({
      status: 400,
      problems: { email: 'email_wrong' },
      typed: {
        submission: SUBMISSION,
        name: ' Fatma\0 ',
        email: 'fatma@',
        affiliation: 'school',
        workgroup: 'w5',
        second: 'w6',
        companions: everything.companion,
        wheelchair: 'yes',
        signLanguage: 'yes',
        interpreting: 'tr',
        consent: 'yes',
      },
    });
    expect(answer.typed!.otherNeeds.replaceAll('\r', '')).toBe(' ä\nb ');
    expect(await names()).toEqual([]);
  });

  test.each([
    ['first', { workgroup: 'w8' }, { workgroup: 'workgroup_unknown' }],
    ['second', { second: 'w8' }, { second: 'workgroup_unknown' }],
  ])('to a %s workgroup that the event does not have, it comes back', async (_, fields, problems) => {
    expect(await send({ ...everything, ...fields })).toMatchObject({
      status: 400,
      typed: { name: good.name },
      problems,
    });
  });

  test('after the deadline it is refused', async () => {
    now = addMillis(evening.registrationUntil, 1);
    expect(await send(good)).toMatchObject({ status: 409, problems: {} });
    expect(await names()).toEqual([]);
  });

  describe('to a workgroup with too few places', () => {
    const asked = choicesOf({ workgroup: 'w5', second: 'w6' });
    const stateOfAll = async () => (await rows()).map(({ state, workgroup_id }) => [workgroup_id, state]);

    test('it comes back as it was typed, with a question', async () => {
      await leavePlaces('w5', 0);
      expect(await send(everything)).toMatchObject({
        status: 409,
        problems: { 'when-full': 'full_none' },
        typed: { companions: everything.companion, otherNeeds: expect.any(String) as string, asked },
      });
      await leavePlaces('w5', 2);
      expect(await send(everything)).toMatchObject({ problems: { 'when-full': 'full_some' } });
      expect(await names()).toEqual([]);
    });

    test('the second choice is taken when that is the answer', async () => {
      await leavePlaces('w5', 2);
      expect((await send({ ...everything, asked, 'when-full': 'second_choice' })).status).toBe(303);
      expect(await stateOfAll()).toEqual(Array(3).fill(['w6', 'confirmed']));
    });

    test('not when it has too few places too: the question comes back', async () => {
      await leavePlaces('w5', 0);
      await leavePlaces('w6', 2);
      expect(await send({ ...everything, asked, 'when-full': 'second_choice' })).toMatchObject({
        status: 409,
        problems: { 'when-full': 'full_none' },
      });
      expect(await names()).toEqual([]);
    });

    test('who is willing to wait gets on the list, but for those who have places', async () => {
      await leavePlaces('w5', 1);
      expect((await send({ ...everything, asked, 'when-full': 'waiting_list' })).status).toBe(303);
      expect(await stateOfAll()).toEqual([
        ['w5', 'confirmed'],
        ['w5', 'waitlisted'],
        ['w5', 'waitlisted'],
      ]);
    });

    test('an answer is asked for again when there is none', async () => {
      await leavePlaces('w5', 0);
      for (const answer of ['', 'constructor', '\0'])
        expect(await send({ ...everything, asked, 'when-full': answer })).toMatchObject({
          status: 409,
          problems: { 'when-full': 'when_full_missing' },
        });
    });

    test('an answer that was given for other choices is none', async () => {
      await leavePlaces('w5', 0);
      await leavePlaces('w4', 0);
      const answered = { asked, 'when-full': 'waiting_list' };
      expect(await send({ ...everything, ...answered, workgroup: 'w4' })).toMatchObject({
        status: 409,
        problems: { 'when-full': 'full_none' },
        typed: { whenFull: '', asked: choicesOf({ workgroup: 'w4', second: 'w6' }) },
      });
      expect((await send({ ...everything, ...answered, workgroup: 'w3' })).status).toBe(303);
      expect(await stateOfAll()).toEqual(Array(3).fill(['w3', 'confirmed']));
    });

    test('a mistake besides keeps the question and its answer', async () => {
      await leavePlaces('w5', 0);
      const answered = { ...everything, asked, 'when-full': 'waiting_list' };
      expect(await send({ ...answered, consent: '' })).toMatchObject({
        status: 400,
        typed: { asked, whenFull: 'waiting_list' },
      });
    });
  });

  describe('by what may be a machine', () => {
    const stamped = (age: number) => stampForm(opened.installation, addMillis(now, -age));

    test('within three seconds it comes back to be sent once more, and then registers', async () => {
      const stamp = stamped(3 * SECOND - 1);
      const answer = await send({ ...everything, stamp });
      expect(answer).toMatchObject({ status: 400, sendAgain: true, problems: {} });
      expect(answer.typed).toEqual(readTyped(formOf({ ...everything, stamp })));
      expect(await names()).toEqual([]);
      now = addMillis(now, 1);
      expect((await send({ ...everything, stamp })).status).toBe(303);
    });

    test.each([[''], ['forged'], ['l9x.AAAAAAAAAAAAAAAAAAAAAA'], ['\0'], ['a'.repeat(100_000)]])(
      'with a stamp that is none it comes back with one that is',
      async (stamp) => {
        const answer = await send({ ...good, stamp });
        expect(answer).toMatchObject({ status: 400, sendAgain: true });
        now = addMillis(now, 3 * SECOND);
        expect((await send({ ...good, stamp: answer.typed!.stamp })).status).toBe(303);
      },
    );

    test('with the field that nobody sees filled in, it comes back without that', async () => {
      expect(await send({ ...good, homepage: 'https://spam.example' })).toMatchObject({
        status: 400,
        sendAgain: true,
        typed: { name: good.name },
      });
      expect(await names()).toEqual([]);
      expect((await send({ ...good, homepage: '' })).status).toBe(303);
    });

    test('no form is too old', async () => {
      expect((await send({ ...good, stamp: stamped(30 * DAY) })).status).toBe(303);
    });
  });

  describe('from one place', () => {
    const guest = (i: number) => ({ ...good, name: `Gast ${i}`, workgroup: `w${1 + (i % 7)}` });

    test('it is taken from a whole class, and then with what was typed kept until ten minutes are over', async () => {
      for (let i = 0; i < 60; i++) expect((await send(guest(i))).status).toBe(303);
      const until = addMillis(now, 10 * MINUTE);
      now = addMillis(now, MINUTE);
      const answer = await send(everything);
      expect(answer).toMatchObject({
        status: 429,
        busyUntil: until,
        typed: { name: good.name, companions: everything.companion },
        headers: { 'retry-after': '540' },
      });
      expect((await send(guest(60), '192.0.2.8')).status).toBe(303);
      now = until;
      expect((await send(everything)).status).toBe(303);
    });

    test('mistakes do not count', async () => {
      for (let i = 0; i < 70; i++) await send({ ...good, name: '' });
      expect((await send(good)).status).toBe(303);
    });
  });

  const multipart = { 'content-type': 'multipart/form-data; boundary=x' };
  const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' };
  const file = new Blob(['a']);
  test.each<[string, () => BodyInit, Record<string, string>?]>([
    ['nothing', () => '', urlencoded],
    ['a body that is no form', () => '{"name":"Fatma"}', { 'content-type': 'text/plain' }],
    ['a broken multipart body', () => '--x\r\nContent-Disp', multipart],
    ['bytes that are no text', () => new Uint8Array([110, 61, 0xff, 0xed, 0xa0, 0x80, 0]), urlencoded],
    ['broken percent signs', () => 'name=%&email=%zz&workgroup=%E0%A4', urlencoded],
    ['a file instead of a name', () => formOf({ ...good, name: file })],
    [
      'files everywhere',
      () => formOf(Object.fromEntries(Object.keys(everything).map((name) => [name, file]))),
    ],
    [
      'fields that objects have anyway',
      () => new URLSearchParams({ __proto__: 'x', constructor: 'x', toString: '', companion: '__proto__' }),
    ],
    ['zero bytes in every field', () => formOf(mapped(() => '\0'.repeat(100)))],
    ['half characters in every field', () => formOf(mapped(() => '\ud83d'.repeat(10)))],
    ['names that objects have in every field', () => formOf(mapped(() => '__proto__'))],
    ['a megabyte of name', () => formOf({ ...good, name: 'ä'.repeat(500_000) })],
    [
      'a megabyte of needs',
      () => formOf({ ...everything, 'other-needs': '\n'.repeat(500) + 'ä'.repeat(500_000) }),
    ],
    ['a thousand companions', () => formOf({ ...good, companion: Array<string>(1000).fill('.') })],
  ])('%s is a form with mistakes', async (_, body, headers) => {
    expect((await post(body(), headers)).status).toBe(400);
    expect(await names()).toEqual([]);
  });
  const mapped = (value: () => string): Sent =>
    Object.fromEntries(
      [...Object.keys(everything), 'when-full', 'asked', 'stamp'].map((name) => [name, value()]),
    );

  test('of a field that is sent twice, the first text counts', async () => {
    const data = formOf({ stamp: minuteOldStamp(opened.installation), ...good, name: [] });
    data.append('name', new Blob(['file']));
    data.append('name', 'Fatma Yılmaz');
    data.append('name', 'Mehmet Yılmaz');
    expect((await post(data)).status).toBe(303);
    expect(await names()).toEqual(['Fatma Yılmaz']);
  });
});
