import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_NEEDS } from '../../../src/lib/domain/access-needs.ts';
import { API_SCOPES } from '../../../src/lib/domain/api-scope.ts';
import type {
  CheckpointId,
  DeviceId,
  EventId,
  RegistrationId,
  TicketId,
} from '../../../src/lib/domain/ids.ts';
import { addMillis, DAY, type Millis } from '../../../src/lib/domain/time.ts';
import { listActs } from '../../../src/lib/server/acts.ts';
import { forgetApiRequests } from '../../../src/lib/server/api/api-register.ts';
import { createEvent } from '../../../src/lib/server/events.ts';
import type { Installation } from '../../../src/lib/server/installation.ts';
import { eraseOwnRegistration } from '../../../src/lib/server/self-service.ts';
import { dialogueEvening } from '../../support/events.ts';
import { testInstallation } from '../../support/installation.ts';
import { appendScan } from '../../support/scans.ts';
import { tokenFor, type Ask } from './client.ts';
import { askAsDescribed } from './described.ts';

let installation: Installation;
let dispose: () => Promise<void>;
let now: Millis;
let event: EventId;
let token: string;
let keys = 0;

const evening = dialogueEvening();

beforeEach(async () => {
  now = addMillis(evening.registrationUntil, -DAY);
  const made = await testInstallation(() => now);
  installation = made.installation;
  dispose = () => made.dispose();
  event = await createEvent(installation, {
    ...evening,
    workgroups: evening.workgroups.map((workgroup) => ({ ...workgroup, places: 2 })),
  });
  token = await tokenFor(installation, event, API_SCOPES);
});
afterEach(() => dispose());

const at = '/events/integration';
const get = (address: string, asked: Ask = {}) =>
  askAsDescribed(installation, 'GET', at + address, { token, ...asked });
const person = { name: 'Fatma Yılmaz', email: 'fatma@example.org', workgroup: 'w5', consented: true };

interface Registration {
  id: RegistrationId;
  state: string;
  workgroup: string;
  erased: boolean;
  person: { name: string; email: string | null; accessNeeds: object } | null;
}

function post(body: unknown, key = `test-${(keys += 1)}-key`) {
  const headers = { 'idempotency-key': key };
  return askAsDescribed(installation, 'POST', `${at}/registrations`, { token, body, headers });
}

async function register(body: object = {}): Promise<Registration> {
  const { status, body: created } = await post({ ...person, ...body });
  expect(status).toBe(201);
  return (created as { registration: Registration }).registration;
}

const count = async () => (await installation.db.selectFrom('registrations').select('id').execute()).length;

describe('the event', () => {
  test('is told with its rooms, workgroups and times', async () => {
    await register();
    const { body } = await get('');
    expect(body).toMatchObject({
      slug: 'integration',
      title: { de: 'Gemeinsam leben in Gütersloh' },
      startsAt: '2022-11-18T15:00:00.000Z',
      held: 'on_site',
    });
    const { workgroups } = body as { workgroups: object[] };
    expect(workgroups[4]).toMatchObject({ id: 'w5', room: 'w5', places: 2, taken: 1 });
    expect(JSON.stringify(body)).not.toMatch(/publicKey|keyId|Mertens/);
  });

  test('is not sent again while nothing has changed', async () => {
    const { headers } = await get('');
    const etag = headers.get('etag')!;
    const again = await get('', { headers: { 'if-none-match': etag } });
    expect([again.status, again.body]).toEqual([304, null]);
    await register();
    expect((await get('', { headers: { 'if-none-match': etag } })).status).toBe(200);
  });
});

/** Somebody is let in at a door. @returns the ticket */
async function letIn(id: RegistrationId | null, more: object = {}): Promise<TicketId | null> {
  const ticket =
    id &&
    (await installation.db
      .selectFrom('tickets')
      .select('id')
      .where('registration_id', '=', id)
      .executeTakeFirstOrThrow());
  await appendScan(installation, event, {
    at: now,
    device_id: '0190b3a5-0000-7000-8000-000000000001' as DeviceId,
    checkpoint_id: 'hall-door' as CheckpointId,
    ticket_id: ticket ? ticket.id : null,
    ...more,
  });
  return ticket ? ticket.id : null;
}

describe('the headcount', () => {
  test('is as on the live page, without names', async () => {
    const { id } = await register();
    await letIn(id);
    const { body } = await get('/headcount');
    expect(body).toMatchObject({ total: 1, registered: 1, tablets: { inUse: 0, waiting: 0 }, conflicts: 0 });
    expect(JSON.stringify(body)).not.toContain('Fatma');
  });

  test('is not sent again only because time has passed', async () => {
    const { headers } = await get('/headcount');
    now = addMillis(now, 5_000);
    const asked = { headers: { 'if-none-match': headers.get('etag')! } };
    expect((await get('/headcount', asked)).status).toBe(304);
    await letIn((await register()).id);
    expect((await get('/headcount', asked)).status).toBe(200);
  });
});

interface Page {
  registrations: Registration[];
  cursor: string;
  more: boolean;
}
const list = async (query = '') => (await get(`/registrations${query}`)).body as Page;

describe('registrations', () => {
  test('come page by page, and later only what has changed', async () => {
    for (let i = 0; i < 5; i++) await register({ workgroup: `w${i + 1}` });
    const seen: string[] = [];
    let page = await list('?limit=2');
    for (; ; page = await list(`?limit=2&after=${page.cursor}`)) {
      seen.push(...page.registrations.map(({ workgroup }) => workgroup));
      if (!page.more) break;
    }
    expect(seen).toEqual(['w1', 'w2', 'w3', 'w4', 'w5']);
    expect(await list(`?after=${page.cursor}`)).toEqual({
      registrations: [],
      cursor: page.cursor,
      more: false,
    });
    const added = await register({ workgroup: 'w7' });
    const { registrations } = await list(`?after=${page.cursor}`);
    expect(registrations.map(({ id }) => id)).toEqual([added.id]);
  });

  test('are filtered by state and workgroup', async () => {
    for (let i = 0; i < 3; i++) await register({ whenFull: 'waiting_list' });
    await register({ workgroup: 'w1' });
    expect((await list('?state=waitlisted')).registrations).toHaveLength(1);
    expect((await list('?workgroup=w5')).registrations).toHaveLength(3);
    expect((await list('?workgroup=w5&state=confirmed')).registrations).toHaveLength(2);
  });

  test.each([
    '?state=gone',
    '?limit=0',
    '?limit=501',
    '?limit=ten',
    '?limit=1&limit=2',
    '?stat=confirmed',
    '?__proto__=1',
    `?after=${'a'.repeat(101)}`,
  ])('are not listed by %s', async (query) => {
    const { status, body } = await get(`/registrations${query}`);
    expect([status, (body as { code: string }).code]).toEqual([400, 'malformed']);
  });

  test('are read from the beginning when the cursor is of another database', async () => {
    const { cursor } = await list();
    const [database, position] = cursor.split('.');
    for (const strange of [`x.${position}`, `${database}.999`, 'x'])
      expect((await get(`/registrations?after=${strange}`)).status).toBe(410);
  });

  test('have names only for whom may know them', async () => {
    const { id } = await register({ accessNeeds: { wheelchair: true } });
    expect((await list()).registrations[0]?.person).toMatchObject({
      name: 'Fatma Yılmaz',
      email: 'fatma@example.org',
      accessNeeds: { ...NO_NEEDS, wheelchair: true },
    });
    const nameless = await tokenFor(installation, event, ['registrations:read']);
    for (const address of ['/registrations', `/registrations/${id}`]) {
      const { body } = await get(address, { token: nameless });
      expect(JSON.stringify(body)).not.toMatch(/Fatma|fatma/);
    }
  });

  test('that are erased come as erased', async () => {
    const { id } = await register();
    const { cursor } = await list();
    await eraseOwnRegistration(installation, event, id);
    const { registrations } = await list(`?after=${cursor}`);
    expect(registrations).toMatchObject([{ id, state: 'cancelled', erased: true, person: null }]);
    expect((await get(`/registrations/${id}`)).body).toMatchObject({ erased: true, person: null });
  });

  test('are only those of the event', async () => {
    const other = await createEvent(installation, dialogueEvening('other'));
    const { id } = await register();
    const theirs = await tokenFor(installation, other, API_SCOPES);
    const address = `/events/other/registrations/${id}`;
    for (const asked of [
      askAsDescribed(installation, 'GET', address, { token: theirs }),
      askAsDescribed(installation, 'POST', `${address}/cancel`, { token: theirs }),
    ])
      expect((await asked).status).toBe(404);
    expect((await get(`/registrations/${id}`)).body).toMatchObject({ id, state: 'confirmed' });
    expect((await get('/registrations/x')).status).toBe(404);
  });
});

describe('registering', () => {
  test('gives a place, a ticket’s page and a mail, and is written down', async () => {
    const { status, body } = await post(person);
    expect(status).toBe(201);
    const { registration, ticketUrl } = body as { registration: Registration; ticketUrl: string };
    expect(registration).toMatchObject({ state: 'confirmed', workgroup: 'w5' });
    expect(ticketUrl).toMatch(/^http:\/\/localhost:3000\/ticket\/[\w-]+$/);
    const mails = await installation.db.selectFrom('mails').select('kind').execute();
    expect(mails).toEqual([{ kind: 'confirmation' }]);
    const [act] = await listActs(installation.db, event, {}, 1);
    expect(act).toMatchObject({
      kind: 'api_registered',
      subject: registration.id,
      actorName: 'Bürgerportal',
    });
  });

  test('with the same key happens once, also when both come at once', async () => {
    const [one, two] = await Promise.all([post(person, 'the-same-key'), post(person, 'the-same-key')]);
    expect(one).toMatchObject({ status: 201, body: two.body });
    expect((await post(person, 'the-same-key')).body).toEqual(one.body);
    expect(await count()).toBe(1);
    const acts = await listActs(installation.db, event, { kind: 'api_registered' }, 10);
    expect(acts).toHaveLength(1);
  });

  test('with the same key for somebody else is refused', async () => {
    await post(person, 'the-same-key');
    const { status, body } = await post({ ...person, name: 'Jörg Müller' }, 'the-same-key');
    expect([status, body]).toMatchObject([422, { code: 'key_reused' }]);
    expect(await count()).toBe(1);
  });

  test('leaves nothing of what was sent, not even hashed, when the person is erased or a week has passed', async () => {
    const kept = () => installation.db.selectFrom('api_requests').selectAll().execute();
    const { id } = await register();
    await eraseOwnRegistration(installation, event, id);
    expect(await kept()).toEqual([]);
    await register();
    now = addMillis(now, 7 * DAY);
    await forgetApiRequests(installation);
    expect(await kept()).toHaveLength(1);
    now = addMillis(now, 1);
    await forgetApiRequests(installation);
    expect(await kept()).toEqual([]);
  });

  test('with the same key of another token is another thing', async () => {
    await post(person, 'the-same-key');
    token = await tokenFor(installation, event, API_SCOPES);
    expect((await post({ ...person, name: 'Jörg Müller' }, 'the-same-key')).status).toBe(201);
  });

  test('keeps the form’s rules: places, waiting list, second choice, deadline', async () => {
    await register();
    await register();
    expect(await post(person)).toMatchObject({ status: 409, body: { code: 'full' } });
    expect((await register({ whenFull: 'waiting_list' })).state).toBe('waitlisted');
    const moved = await register({ secondChoice: 'w6', whenFull: 'second_choice' });
    expect(moved).toMatchObject({ state: 'confirmed', workgroup: 'w6', firstChoice: 'w5' });
    now = addMillis(evening.registrationUntil, 1);
    expect(await post({ ...person, workgroup: 'w1' })).toMatchObject({
      status: 409,
      body: { code: 'closed' },
    });
  });

  test.each([
    [{ ...person, name: '' }, ['name']],
    [{ ...person, consented: false }, ['consented']],
    [{ ...person, accessNeeds: { other: 3 } }, ['accessNeeds.other']],
    [{ name: 'Fatma Yılmaz' }, ['email', 'workgroup', 'consented']],
    [{ ...person, 'Fatma Yılmaz': 1 }, undefined],
    ['"Fatma"', undefined],
  ])('refuses %j, and repeats nothing of it', async (body, fields) => {
    const { status, body: problem } = await post(body);
    expect([status, problem]).toMatchObject([400, { code: 'malformed' }]);
    expect((problem as { fields?: string[] }).fields).toEqual(fields);
    expect(JSON.stringify(problem)).not.toContain('Fatma');
  });

  test.each([
    ['{', { 'idempotency-key': 'a-good-key' }, 400, 'not_json'],
    [`"${'a'.repeat(20_000)}"`, { 'idempotency-key': 'a-good-key' }, 413, 'too_large'],
    ['[]', { 'idempotency-key': 'a-good-key', 'content-type': 'text/plain' }, 415, 'not_json'],
    ['{}', {}, 400, 'key_missing'],
    ['{}', { 'idempotency-key': 'short' }, 400, 'key_missing'],
  ])('refuses what is no such request: %.10s %j', async (body, headers, status, code) => {
    const asked = { token, body, headers: headers as Record<string, string> };
    const answer = await askAsDescribed(installation, 'POST', `${at}/registrations`, asked);
    expect(answer).toMatchObject({ status, body: { code } });
  });

  test('refuses a workgroup that there is not', async () => {
    expect(await post({ ...person, workgroup: 'w99' })).toMatchObject({
      status: 422,
      body: { code: 'unknown_workgroup' },
    });
  });
});

test('cancelling frees the place for who waits, once, and is written down', async () => {
  const first = await register();
  await register();
  const waiting = await register({ whenFull: 'waiting_list' });
  const cancel = () =>
    askAsDescribed(installation, 'POST', `${at}/registrations/${first.id}/cancel`, { token });
  expect(await cancel()).toMatchObject({ status: 200, body: { id: first.id, state: 'cancelled' } });
  expect(await cancel()).toMatchObject({ status: 200, body: { state: 'cancelled' } });
  expect((await get(`/registrations/${waiting.id}`)).body).toMatchObject({ state: 'confirmed' });
  const acts = await listActs(installation.db, event, { kind: 'registration_cancelled' }, 10);
  expect(acts).toMatchObject([{ subject: first.id, actorName: 'Bürgerportal' }]);
});

test('scans come page by page, with whose they are and without the staff’s words', async () => {
  const { id } = await register();
  await letIn(id);
  await letIn(id, { verdict_shown: 'already_inside', override_by: 'Petra', override_why: 'kennt ihn' });
  await letIn(null, { verdict_shown: 'invalid', payload_hash: 'a'.repeat(64) });
  const { body } = await get('/scans?limit=2');
  const page = body as { scans: object[]; cursor: string; more: boolean };
  expect(page).toMatchObject({
    scans: [
      { registration: id, checkpoint: 'hall-door', verdict: 'admitted', accepted: true, broughtBy: null },
      { registration: id, verdict: 'already_inside', accepted: true },
    ],
    more: true,
  });
  expect(JSON.stringify(page)).not.toMatch(/Petra|kennt/);
  const next = (await get(`/scans?after=${page.cursor}`)).body;
  expect(next).toMatchObject({
    scans: [{ registration: null, verdict: 'invalid', accepted: false }],
    more: false,
  });
  expect((await get('/scans?after=x')).status).toBe(410);
});
