import { isActionFailure, isHttpError, isRedirect } from '@sveltejs/kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import type { EventId, RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { addMillis, DAY, HOUR, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { registerByForm, type FormRegistration } from '../../src/lib/server/form-registration.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { listCompanions, readRegistration } from '../../src/lib/server/registrations.ts';
import { ticketLink } from '../../src/lib/server/tickets.ts';
import { load as layout } from '../../src/routes/(public)/ticket/[link]/+layout.server.ts';
import {
  actions as ticket,
  load as ticketPage,
} from '../../src/routes/(public)/ticket/[link]/+page.server.ts';
import { actions as cancel } from '../../src/routes/(public)/ticket/[link]/cancel/+page.server.ts';
import {
  actions as change,
  load as changePage,
} from '../../src/routes/(public)/ticket/[link]/change/+page.server.ts';
import { GET as data } from '../../src/routes/(public)/ticket/[link]/data.json/+server.ts';
import { actions as erase } from '../../src/routes/(public)/ticket/[link]/erase/+page.server.ts';
import { GET as manifest } from '../../src/routes/(public)/ticket/[link]/manifest.webmanifest/+server.ts';
import { actions as replace } from '../../src/routes/(public)/ticket/[link]/replace/+page.server.ts';
import { load as erased } from '../../src/routes/(public)/ticket/erased/[link]/+page.server.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

const evening = dialogueEvening();

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let now: Millis;

beforeEach(async () => {
  now = addMillis(evening.registrationUntil, -DAY);
  opened = await testInstallation(() => now);
  installation = opened.installation;
  const workgroups = evening.workgroups.map((workgroup) => ({ ...workgroup, places: 2 }));
  eventId = await createEvent(installation, { ...evening, workgroups });
});
afterEach(() => opened.dispose());

async function register(form: Partial<FormRegistration> = {}): Promise<RegistrationId> {
  const outcome = await registerByForm(installation, eventId, {
    submissionId: crypto.randomUUID(),
    names: ['Fatma Yılmaz'],
    email: 'fatma@example.org',
    affiliation: null,
    workgroupId: 'w5' as WorkgroupId,
    secondChoiceId: null,
    needs: NO_NEEDS,
    locale: 'de',
    whenFull: 'waiting_list',
    ...form,
  });
  if (outcome.kind !== 'registered') throw new Error(outcome.kind);
  return outcome.registrationId;
}

const link = (id: RegistrationId) => ticketLink(installation, id);
const read = (id: RegistrationId) => readRegistration(installation.db, eventId, id);

type Route = (event: never) => unknown;
type Answer = { status: number; location?: string; body?: unknown; headers: Record<string, string> };

/** What a route answers, whatever way it chooses to say so. */
async function ask(route: unknown, linkText: string, body: BodyInit = '', search = ''): Promise<Answer> {
  const headers: Record<string, string> = {};
  const event = {
    request: new Request('http://einlass.test/', {
      method: 'POST',
      body,
      headers: typeof body === 'string' ? { 'content-type': 'application/x-www-form-urlencoded' } : {},
    }),
    url: new URL(`http://einlass.test/ticket/${search}`),
    locals: { installation },
    params: { link: linkText },
    getClientAddress: () => '192.0.2.7',
    setHeaders: (set: Record<string, string>) => Object.assign(headers, set),
  };
  try {
    const answer = await (route as Route)(event as never);
    if (answer instanceof Response)
      return {
        status: answer.status,
        body: await answer.json(),
        headers: Object.fromEntries(answer.headers),
      };
    if (isActionFailure(answer)) return { status: answer.status, body: answer.data, headers };
    return { status: 200, body: answer, headers };
  } catch (thrown) {
    if (isRedirect(thrown)) return { status: thrown.status, location: thrown.location, headers };
    if (isHttpError(thrown)) return { status: thrown.status, headers };
    throw thrown;
  }
}

const ACTIONS = {
  send: ticket.send,
  change: change.default,
  cancel: cancel.default,
  replace: replace.default,
  erase: erase.default,
};
const good = { name: 'Fatma Yıldız', email: 'neu@example.org', workgroup: 'w6', other: '' };
const form = (fields: Record<string, string>) => new URLSearchParams(fields);

describe('a link that is no ticket’s', () => {
  const wrong: [string, () => Promise<string> | string][] = [
    ['nothing', () => ''],
    ['a word', () => 'nobody'],
    ['43 letters', () => 'a'.repeat(43)],
    ['zero bytes', () => '\0'],
    [
      'a link with one letter changed',
      async () => link(await register()).replace(/.$/, (c) => (c === 'A' ? 'Q' : 'A')),
    ],
    [
      'the link of somebody erased',
      async () => {
        const id = await register();
        await ask(erase.default, link(id));
        return link(id);
      },
    ],
  ];
  test.each(wrong)('%s leads nowhere, whatever is asked', async (_, make) => {
    const text = await make();
    for (const route of [layout, ticketPage, changePage, data, manifest, ...Object.values(ACTIONS)])
      expect((await ask(route, text, form(good))).status).toBe(404);
  });

  test('is as private as a right one, and takes a stored ticket from the phone', async () => {
    const answers = [await ask(layout, 'nobody'), await ask(layout, link(await register()))];
    for (const { headers } of answers)
      expect(headers).toMatchObject({
        'referrer-policy': 'same-origin',
        'cache-control': 'no-store',
        'x-robots-tag': 'noindex',
      });
    expect(answers.map(({ headers }) => headers['ticket-copy'])).toEqual(['drop', 'keep']);
  });
});

describe('whatever is sent', () => {
  test.each<[string, () => BodyInit]>([
    ['nothing', () => ''],
    ['a broken body', () => new Blob(['--x'], { type: 'multipart/form-data; boundary=x' })],
    ['zero bytes', () => form({ name: '\0', email: '\0', workgroup: '\0', companion: '\0' })],
    [
      'files',
      () => {
        const files = new FormData();
        for (const name of ['name', 'workgroup', 'companion']) files.append(name, new Blob(['x']));
        return files;
      },
    ],
    ['a megabyte', () => form({ ...good, name: 'ä'.repeat(500_000), other: 'ä'.repeat(500_000) })],
    ['somebody else as a companion', () => form({ ...good, name: '', companion: crypto.randomUUID() })],
  ])('the actions do not stumble over %s', async (_, body) => {
    for (const [place, action] of Object.values(ACTIONS).entries()) {
      const id = await register({ workgroupId: `w${place + 1}` as WorkgroupId });
      const { status } = await ask(action, link(id), body());
      expect([303, 400]).toContain(status);
    }
  });

  test('more than thirty times in ten minutes is refused, and nothing typed is lost', async () => {
    const id = await register();
    for (let i = 0; i < 30; i++) await ask(ticket.send, link(id));
    for (const action of Object.values(ACTIONS))
      expect(await ask(action, link(id), form(good))).toMatchObject({
        status: 429,
        body: { refused: 'too_many' },
      });
    expect(await ask(change.default, link(id), form(good))).toMatchObject({ body: { typed: good } });
    expect(await read(id)).toMatchObject({ name: 'Fatma Yılmaz', state: 'confirmed', erased_at: null });
    now = addMillis(now, 10 * MINUTE);
    expect((await ask(change.default, link(id), form(good))).status).toBe(303);
  });
});

describe('changing', () => {
  test('leads back to the ticket, which says so', async () => {
    const id = await register();
    const needs = { wheelchair: 'yes', interpreting: 'tr', other: ' Assistenz\thund ' };
    const answer = await ask(change.default, link(id), form({ ...good, ...needs }));
    expect(answer).toMatchObject({ status: 303, location: `/ticket/${link(id)}?done=changed` });
    expect(await read(id)).toMatchObject({ name: good.name, email: good.email, workgroup_id: 'w6' });
    expect(JSON.parse((await read(id)).access_needs)).toEqual({
      wheelchair: true,
      signLanguage: false,
      interpreting: 'tr',
      other: 'Assistenz hund',
    });
    expect(await ask(ticketPage, link(id), '', '?done=changed')).toMatchObject({ body: { done: 'changed' } });
    expect(await ask(ticketPage, link(id), '', '?done=x')).toMatchObject({ body: { done: null } });
  });

  test.each<[string, Partial<typeof good>, Record<string, string>]>([
    ['no name', { name: ' ' }, { name: 'name_missing' }],
    ['a long name', { name: 'a'.repeat(201) }, { name: 'name_too_long' }],
    ['a wrong address', { email: 'fatma@' }, { email: 'email_wrong' }],
    ['no workgroup', { workgroup: '' }, { workgroup: 'workgroup_missing' }],
    ['a workgroup that there is not', { workgroup: 'w9' }, { workgroup: 'workgroup_unknown' }],
    ['long words of one’s own', { other: 'a'.repeat(301) }, { other: 'other_too_long' }],
  ])('comes back as it was typed with %s', async (_, fields, problems) => {
    const id = await register();
    const answer = await ask(change.default, link(id), form({ ...good, ...fields }));
    expect(answer).toMatchObject({ status: 400, body: { problems, typed: { ...good, ...fields } } });
    expect((await read(id)).name).toBe('Fatma Yılmaz');
  });

  test('an address may be taken out, and a language that nobody offers is none', async () => {
    const id = await register();
    await ask(change.default, link(id), form({ ...good, email: '', interpreting: 'tlh' }));
    expect(await read(id)).toMatchObject({ email: null, access_needs: JSON.stringify(NO_NEEDS) });
  });

  test('to a workgroup that is full says so and keeps the place', async () => {
    const id = await register();
    for (let i = 0; i < 2; i++) await register({ workgroupId: 'w6' as WorkgroupId });
    const answer = await ask(change.default, link(id), form(good));
    expect(answer).toMatchObject({ status: 409, body: { problems: { workgroup: 'workgroup_full' } } });
    expect((await read(id)).workgroup_id).toBe('w5');
  });

  test('a companion has no address to change', async () => {
    const host = await register({ names: ['Fatma', 'Ayşe'] });
    const [companion] = await listCompanions(installation.db, host);
    expect(await ask(changePage, link(companion!.id))).toMatchObject({ body: { hasOwnEmail: false } });
    expect(await ask(changePage, link(host))).toMatchObject({ body: { hasOwnEmail: true } });
  });
});

describe('cancelling', () => {
  test('takes along the companions that are named, and nobody else', async () => {
    const stranger = await register({ workgroupId: 'w7' as WorkgroupId });
    const host = await register({ names: ['Fatma', 'Ayşe', 'Can'] });
    const [first, second] = await listCompanions(installation.db, host);
    const body = form({ companion: first!.id });
    body.append('companion', stranger);
    const answer = await ask(cancel.default, link(host), body);
    expect(answer).toMatchObject({ status: 303, location: `/ticket/${link(host)}` });
    const states = await Promise.all([host, first!.id, second!.id, stranger].map(read));
    expect(states.map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'confirmed', 'confirmed']);
  });

  test('takes the stored ticket from the phone, and offers to register anew while that is possible', async () => {
    const id = await register();
    await ask(cancel.default, link(id));
    expect((await ask(layout, link(id))).headers['ticket-copy']).toBe('drop');
    expect(await ask(ticketPage, link(id))).toMatchObject({ body: { again: '/integration/register' } });
    now = addMillis(evening.registrationUntil, 1);
    expect(await ask(ticketPage, link(id))).toMatchObject({ body: { again: null } });
  });
});

test.each(['change', 'cancel', 'replace'] as const)(
  '%s is too late once the event has begun',
  async (deed) => {
    const id = await register();
    now = evening.startsAt;
    const answer = await ask(ACTIONS[deed], link(id), form(good));
    expect(answer).toMatchObject({ status: 409, body: { refused: 'too_late' } });
  },
);

test('a ticket is replaced, and mailed again, only where there is one', async () => {
  for (let i = 0; i < 2; i++) await register();
  const waiting = await register();
  expect(await ask(replace.default, link(waiting))).toMatchObject({ status: 409 });
  expect(await ask(ticket.send, link(waiting))).toMatchObject({
    status: 409,
    body: { refused: 'no_ticket' },
  });
  expect(await ask(ticketPage, link(waiting))).toMatchObject({ body: { before: 0 } });
  const seated = await register({ workgroupId: 'w6' as WorkgroupId });
  expect(await ask(replace.default, link(seated))).toMatchObject({
    location: expect.stringContaining('replaced') as string,
  });
  expect(await ask(ticket.send, link(seated))).toMatchObject({
    location: expect.stringContaining('sent') as string,
  });
});

test('the page names the address that mails go to only so far that its owner knows it', async () => {
  expect(await ask(ticketPage, link(await register()))).toMatchObject({ body: { sendTo: 'f…@example.org' } });
  const without = await register({ email: null });
  expect(await ask(ticketPage, link(without))).toMatchObject({ body: { sendTo: null } });
});

describe('erasing', () => {
  test('says so once, and then the link is as unknown as any other', async () => {
    const host = await register({ names: ['Fatma', 'Ayşe', 'Can'] });
    const [first, second] = await listCompanions(installation.db, host);
    expect(await ask(erased, link(host))).toMatchObject({ status: 404 });
    const answer = await ask(erase.default, link(host), form({ companion: first!.id }));
    expect(answer).toMatchObject({ status: 303, location: `/ticket/erased/${link(host)}` });
    expect(await ask(erased, link(host))).toMatchObject({ status: 200, headers: { 'ticket-copy': 'drop' } });
    now = addMillis(now, HOUR + 1);
    expect(await ask(erased, link(host))).toMatchObject({ status: 404 });
    expect((await read(first!.id)).erased_at).not.toBeNull();
    expect((await read(second!.id)).erased_at).toBeNull();
  });
});

test('what is stored is a file for its owner', async () => {
  const { body, headers } = await ask(data, link(await register()));
  expect(body).toMatchObject({ registration: { name: 'Fatma Yılmaz', email: 'fatma@example.org' } });
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'content-disposition': 'attachment; filename="einlass.json"',
  });
});

test('a phone can put the ticket on its home screen', async () => {
  const text = link(await register());
  const { body, headers } = await ask(manifest, text);
  expect(headers['content-type']).toContain('application/manifest+json');
  expect(body).toMatchObject({
    name: 'Gemeinsam leben in Gütersloh',
    start_url: `/ticket/${text}`,
    scope: `/ticket/${text}`,
    display: 'standalone',
    lang: 'de',
    dir: 'ltr',
  });
  const { icons } = body as { icons: { sizes: string; purpose: string }[] };
  expect(icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`)).toContain('512x512 maskable');
});
