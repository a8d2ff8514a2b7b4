import { isActionFailure, isRedirect } from '@sveltejs/kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addMillis, DAY, type Millis } from '../../src/lib/domain/time.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import {
  parseTyped,
  readTyped,
  type Problems,
  type Typed,
} from '../../src/routes/(public)/[event]/register/registration-form.ts';
import { actions } from '../../src/routes/(public)/[event]/register/+page.server.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

const SUBMISSION = '0198a8a2-1f4e-4f53-9c06-0d1f2a3b4c5d';
const good = {
  submission: SUBMISSION,
  name: 'Fatma Yılmaz',
  email: 'fatma@example.org',
  workgroup: 'w5',
  consent: 'yes',
};

function formOf(fields: Partial<Record<keyof typeof good, string | Blob>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

const parse = (fields: Partial<Typed>) => parseTyped(readTyped(formOf({ ...good, ...fields })));
const problemsOf = (fields: Partial<Typed>): Problems => {
  const parsed = parse(fields);
  return 'problems' in parsed ? parsed.problems : {};
};

describe('a form that is filled in', () => {
  test('is taken', () => {
    expect(parse({})).toEqual({ form: good });
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
    expect(parse({ name: typed })).toMatchObject({ form: { name } });
  });

  test.each([
    ['Fatma.Yilmaz+dialog@sub.example.org'],
    [' fatma@example.org '],
    ['jürgen@müller.de'],
    [`${'a'.repeat(242)}@example.org`],
  ])('may have the address %s', (email) => {
    expect(parse({ email })).toMatchObject({ form: { email: email.trim() } });
  });

  test.each([[''], ['no-uuid'], ['\0'], ["'; drop table registrations; --"]])(
    'gets a new submission for %j, without a word',
    (submission) => {
      const parsed = parse({ submission });
      expect(parsed).toMatchObject({ form: { name: good.name } });
      expect('form' in parsed && parsed.form.submission).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});

describe('a form that is not', () => {
  test.each<[string, Partial<Typed>, Problems]>([
    ['no name', { name: '' }, { name: 'name_missing' }],
    ['a name of spaces', { name: ' \u00a0\t ' }, { name: 'name_missing' }],
    ['a name that nobody sees', { name: '\0\u200b\u202e' }, { name: 'name_missing' }],
    ['a name of dots', { name: '...' }, { name: 'name_missing' }],
    ['a name of 201 characters', { name: 'a'.repeat(201) }, { name: 'name_too_long' }],
    ['a name of 10,000 characters', { name: 'a'.repeat(10_000) }, { name: 'name_too_long' }],
    ['no address', { email: ' ' }, { email: 'email_missing' }],
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
    ['no consent', { consent: '' }, { consent: 'consent_missing' }],
    ['another consent', { consent: 'no' }, { consent: 'consent_missing' }],
    [
      'nothing at all',
      { name: '', email: '', workgroup: '', consent: '' },
      {
        name: 'name_missing',
        email: 'email_missing',
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

  /** What the action answers: the page to go to, or the form again with its status. */
  async function send(body: BodyInit, headers: Record<string, string> = {}) {
    const request = new Request('http://einlass.test/integration/register', {
      method: 'POST',
      body,
      headers,
    });
    const locals = { installation: opened.installation };
    try {
      const answer = await actions.default!({ request, locals, params: { event: 'integration' } } as never);
      if (!isActionFailure(answer)) throw new Error('neither registered nor refused');
      return { status: answer.status, ...(answer.data as unknown as { typed: Typed; problems: Problems }) };
    } catch (thrown) {
      if (isRedirect(thrown)) return { status: thrown.status, location: thrown.location };
      throw thrown;
    }
  }

  const names = async () =>
    (await opened.installation.db.selectFrom('registrations').select('name').execute()).map(
      ({ name }) => name,
    );

  test('it leads to the ticket, also the second time', async () => {
    const first = await send(formOf(good));
    expect(first).toEqual({
      status: 303,
      location: expect.stringMatching(/^\/ticket\/[\w-]{43}$/) as string,
    });
    expect(await send(formOf(good))).toEqual(first);
    expect(await names()).toEqual(['Fatma Yılmaz']);
  });

  test('going back and entering another person registers this one too', async () => {
    const first = await send(formOf(good));
    const second = await send(formOf({ ...good, name: 'Mehmet Yılmaz' }));
    expect(second.status).toBe(303);
    expect(second).not.toEqual(first);
    expect(await names()).toEqual(['Fatma Yılmaz', 'Mehmet Yılmaz']);
  });

  test('with a mistake it comes back as it was typed', async () => {
    const typed = { ...good, name: ' Fatma\0 ', email: 'fatma@', workgroup: 'w3' };
    expect(await send(formOf(typed))).toEqual({ status: 400, typed, problems: { email: 'email_wrong' } });
  });

  test('to a workgroup that the event does not have, it comes back', async () => {
    expect(await send(formOf({ ...good, workgroup: 'w8' }))).toMatchObject({
      status: 400,
      typed: { name: good.name },
      problems: { workgroup: 'workgroup_unknown' },
    });
  });

  test('to a workgroup that is full, it comes back', async () => {
    for (let i = 0; i < 30; i++) await send(formOf({ ...good, name: `Gast ${i}` }));
    expect(await send(formOf(good))).toMatchObject({
      status: 409,
      typed: good,
      problems: { workgroup: 'workgroup_full' },
    });
  });

  test('after the deadline it is refused', async () => {
    now = addMillis(evening.registrationUntil, 1);
    expect(await send(formOf(good))).toMatchObject({ status: 409, problems: {} });
    expect(await names()).toEqual([]);
  });

  const multipart = { 'content-type': 'multipart/form-data; boundary=x' };
  const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' };
  test.each<[string, () => BodyInit, Record<string, string>?]>([
    ['nothing', () => '', urlencoded],
    ['a body that is no form', () => '{"name":"Fatma"}', { 'content-type': 'text/plain' }],
    ['a broken multipart body', () => '--x\r\nContent-Disp', multipart],
    ['bytes that are no text', () => new Uint8Array([110, 61, 0xff, 0xed, 0xa0, 0x80, 0]), urlencoded],
    ['broken percent signs', () => 'name=%&email=%zz&workgroup=%E0%A4', urlencoded],
    ['a file instead of a name', () => formOf({ ...good, name: new Blob(['Fatma']) })],
    [
      'files everywhere',
      () => formOf({ name: new Blob(['a']), email: new Blob(['b']), consent: new Blob([]) }),
    ],
    [
      'fields that objects have anyway',
      () => new URLSearchParams({ __proto__x: '', constructor: 'x', toString: '' }),
    ],
    ['a workgroup of zero bytes', () => formOf({ ...good, workgroup: '\0'.repeat(100) })],
    ['a megabyte of name', () => formOf({ ...good, name: 'ä'.repeat(500_000) })],
  ])('%s is a form with mistakes', async (_, body, headers) => {
    expect((await send(body(), headers)).status).toBe(400);
    expect(await names()).toEqual([]);
  });

  test('of a field that is sent twice, the first text counts', async () => {
    const data = formOf({ ...good, name: new Blob(['file']) });
    data.append('name', 'Fatma Yılmaz');
    data.append('name', 'Mehmet Yılmaz');
    expect((await send(data)).status).toBe(303);
    expect(await names()).toEqual(['Fatma Yılmaz']);
  });
});
