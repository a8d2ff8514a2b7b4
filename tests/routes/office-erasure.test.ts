import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { addMillis, HOUR, type Millis } from '../../src/lib/domain/time.ts';
import { createEvent, findEvent } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { actions } from '../../src/routes/office/[event]/erasure/+page.server.ts';
import { GET as printLists } from '../../src/routes/office/[event]/print/lists.pdf/+server.ts';
import { listActs } from '../../src/lib/server/acts.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

const evening = dialogueEvening();
const OWNER = { id: 'frank', name: 'Frank Mertens' };

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let now: Millis;

beforeEach(async () => {
  now = addMillis(evening.endsAt, HOUR);
  opened = await testInstallation(() => now);
  installation = opened.installation;
  eventId = await createEvent(installation, evening);
  await registerByOffice(installation, eventId, {
    submissionId: crypto.randomUUID(),
    name: 'Fatma Yılmaz',
    email: null,
    workgroupId: 'w5' as WorkgroupId,
    locale: 'de',
    origin: 'office',
    state: 'confirmed',
    consented: true,
  });
});
afterEach(() => opened.dispose());

type Action = (event: never) => Promise<unknown>;

/** @returns what the page is given, or where the browser is sent */
async function post(action: keyof typeof actions, body: Record<string, string>) {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) form.append(name, value);
  const request = new Request('http://localhost/', { method: 'POST', body: form });
  const locals = { installation, organiser: OWNER };
  const event = { params: { event: 'integration' }, request, locals };
  return (actions[action] as Action)(event as never).catch((thrown: unknown) => thrown);
}

const page = () => findEvent(installation.db, { id: eventId });

test.each([
  ['', 'wrong'],
  ['0', 'wrong'],
  ['366', 'wrong'],
  ['2.5', 'wrong'],
  ['-3', 'wrong'],
  ['bald', 'wrong'],
  ['29', 'promised'],
])('a time of %j days is refused, and stays in the form', async (typed, problem) => {
  expect(await post('retention', { days: typed })).toMatchObject({
    status: 400,
    data: { days: { typed, problem } },
  });
  expect(await page()).toMatchObject({ keptDays: 28 });
});

test('a time that is over is refused', async () => {
  now = addMillis(evening.endsAt, 48 * HOUR);
  expect(await post('retention', { days: '1' })).toMatchObject({
    status: 400,
    data: { days: { problem: 'past' } },
  });
});

test('a shorter time is kept', async () => {
  expect(await post('retention', { days: ' 14 ' })).toMatchObject({ status: 303 });
  expect(await page()).toMatchObject({ keptDays: 14 });
});

test.each(['', 'nein', 'integration2'])('erasing needs the word, not %j', async (confirm) => {
  expect(await post('erase', { confirm })).toMatchObject({ status: 400, data: { unconfirmed: true } });
  expect(await page()).toMatchObject({ erasedAt: null });
});

test('the word erases', async () => {
  expect(await post('erase', { confirm: ' Integration ' })).toMatchObject({
    status: 303,
    location: '/office/integration/erasure?erased',
  });
  expect(await page()).toMatchObject({ erasedAt: now });
});

test('who prints names is written down, with how many', async () => {
  const url = new URL('http://localhost/office/integration/print/lists.pdf?workgroup=w5');
  const locals = { installation, organiser: OWNER };
  const event = { params: { event: 'integration' }, url, locals };
  const answer = await printLists(event as never);
  await answer.arrayBuffer();
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await listActs(installation.db, eventId, { kind: 'names_printed' }, 5)).toMatchObject([
    { actorName: 'Frank Mertens', details: { what: 'lists', people: 1 } },
  ]);
  url.searchParams.set('workgroup', 'w99');
  expect(
    await (printLists(event as never) as Promise<Response>).catch((thrown: unknown) => thrown),
  ).toMatchObject({
    status: 404,
  });
});
