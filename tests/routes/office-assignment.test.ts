import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { addMillis, DAY, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import type { AssignmentRecord } from '../../src/lib/server/assignment-record.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { cancelOwnRegistration } from '../../src/lib/server/self-service.ts';
import { readRegistration, registerByOffice } from '../../src/lib/server/registrations.ts';
import { readRules, writeRules } from '../../src/routes/office/[event]/assignment/assignment-form.ts';
import { actions, load } from '../../src/routes/office/[event]/assignment/+page.server.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

const evening = dialogueEvening();
const w5 = 'w5' as WorkgroupId;
const w6 = 'w6' as WorkgroupId;

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let now: Millis;
let flexible: RegistrationId;
let waiting: RegistrationId;

beforeEach(async () => {
  now = addMillis(evening.registrationUntil, -DAY);
  opened = await testInstallation(() => now);
  installation = opened.installation;
  const workgroups = evening.workgroups.map((workgroup) => ({ ...workgroup, places: 1 }));
  eventId = await createEvent(installation, { ...evening, workgroups });
  flexible = await register('confirmed', w6);
  waiting = await register('waitlisted', null);
});
afterEach(() => opened.dispose());

function register(state: 'confirmed' | 'waitlisted', secondChoiceId: WorkgroupId | null) {
  now = addMillis(now, MINUTE);
  return registerByOffice(installation, eventId, {
    submissionId: crypto.randomUUID(),
    name: state === 'confirmed' ? 'Jörg Müller' : 'Fatma Yılmaz',
    email: 'guest@example.org',
    workgroupId: w5,
    locale: 'de',
    origin: 'office',
    state,
    consented: true,
    firstChoiceId: w5,
    secondChoiceId,
  });
}

/** What these tests look at of what the page is given. */
interface Page {
  proposal: { changed: number; fingerprint: string; kinds: unknown[] } | null;
  last: AssignmentRecord | null;
}
type Action = (event: never) => Promise<unknown>;

const at = (query: string) => new URL(`http://localhost/office/integration/assignment${query}`);
const open = (query = '') =>
  load({
    params: { event: 'integration' },
    url: at(query),
    locals: { installation },
  } as never) as Promise<Page>;

/** @returns what the page is given, or where the browser is sent */
function post(action: keyof typeof actions, body: Record<string, string>, query = ''): Promise<unknown> {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) form.append(name, value);
  const request = new Request('http://localhost/', { method: 'POST', body: form });
  const url = at(`?/${action}${query}`);
  const event = { params: { event: 'integration' }, url, request, locals: { installation } };
  return (actions[action] as Action)(event as never).catch((thrown: unknown) => thrown);
}

const where = async (id: RegistrationId) =>
  (await readRegistration(installation.db, eventId, id)).workgroup_id;
const fingerprint = async (query = '') => (await open(query)).proposal!.fingerprint;

test('the page names whom it is about, with where they are and would be', async () => {
  const { proposal } = await open();
  expect(proposal).toMatchObject({ changed: 2, mails: 2, proven: true });
  expect(proposal?.kinds).toEqual([
    { kind: 'placed', count: 1, people: [expect.objectContaining({ id: waiting, name: 'Fatma Yılmaz' })] },
    {
      kind: 'worse',
      count: 1,
      people: [
        {
          id: flexible,
          name: 'Jörg Müller',
          from: { workgroupId: w5, state: 'confirmed' },
          to: { workgroupId: w6, state: 'confirmed' },
        },
      ],
    },
  ]);
});

test('the rules in the address are those that are computed and applied with', async () => {
  expect((await open('?gains=yes')).proposal?.changed).toBe(0);
  expect((await open('?gains=yes&elsewhere=yes')).proposal?.kinds).toMatchObject([
    { kind: 'placed', people: [{ to: { workgroupId: 'w1' } }] },
  ]);
  const seen = await fingerprint('?gains=yes&elsewhere=yes');
  expect(await post('apply', { fingerprint: seen })).toMatchObject({ status: 409 });
  expect(await post('apply', { fingerprint: seen }, '&gains=yes&elsewhere=yes')).toMatchObject({
    status: 303,
    location: '/office/integration/assignment?done=applied&gains=yes&elsewhere=yes',
  });
  expect(await where(waiting)).toBe('w1');
});

test.each(['', 'gains=yes', 'elsewhere=yes', 'gains=yes&elsewhere=yes'])(
  'the rules %j are read and written again',
  (query) => {
    expect(writeRules(readRules(new URLSearchParams(query)))).toBe(query);
  },
);

test('what was seen is applied, and undone', async () => {
  expect(await post('apply', { fingerprint: await fingerprint() })).toMatchObject({ status: 303 });
  expect(await where(flexible)).toBe(w6);
  const { last, proposal } = await open('?done=applied');
  expect(proposal?.changed).toBe(0);
  expect(last).toMatchObject({ moved: 2, undoneAt: null });
  expect(await post('undo', { assignment: last!.id })).toMatchObject({ status: 303 });
  expect(await where(flexible)).toBe(w5);
  expect((await open()).last).toMatchObject({ moved: 2, putBack: 2, left: [] });
});

test('whoever was not put back is named, with the reason', async () => {
  await post('apply', { fingerprint: await fingerprint() });
  await cancelOwnRegistration(installation, eventId, waiting);
  await register('confirmed', null);
  await post('undo', { assignment: (await open()).last!.id });
  expect((await open()).last).toMatchObject({
    putBack: 0,
    left: [
      { id: waiting, name: 'Fatma Yılmaz', why: 'changed_since' },
      { id: flexible, name: 'Jörg Müller', why: 'full' },
    ],
  });
});

describe('nothing is done', () => {
  test('where registrations have changed since, and what was ticked stays', async () => {
    const seen = await fingerprint();
    await cancelOwnRegistration(installation, eventId, waiting);
    expect(await post('apply', { fingerprint: seen, tell: 'yes' })).toMatchObject({
      status: 409,
      data: { problem: 'changed_since', tell: true },
    });
    expect(await where(flexible)).toBe(w5);
  });

  test('once the event has begun, and the page says so', async () => {
    const seen = await fingerprint();
    await post('apply', { fingerprint: seen });
    const { last } = await open();
    now = evening.startsAt;
    expect((await open()).proposal).toBe(null);
    expect(await post('apply', { fingerprint: seen })).toMatchObject({ status: 409 });
    expect(await post('undo', { assignment: last!.id })).toMatchObject({ status: 409 });
  });

  test.each([
    ['apply', {}],
    ['apply', { fingerprint: 'x' }],
    ['undo', {}],
    ['undo', { assignment: 'x' }],
  ] as const)('for what no form of ours sends: %s %j', async (action, body) => {
    expect(await post(action, body)).toMatchObject({ status: 400 });
  });

  test('for an assignment that there is not', async () => {
    expect(await post('undo', { assignment: crypto.randomUUID() })).toMatchObject({ status: 404 });
  });
});
