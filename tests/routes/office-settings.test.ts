import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId } from '../../src/lib/domain/ids.ts';
import { createEvent, findEvent, listWorkgroups } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { actions, load } from '../../src/routes/office/[event]/settings/+page.server.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;

beforeEach(async () => {
  opened = await testInstallation();
  installation = opened.installation;
  eventId = await createEvent(installation, dialogueEvening());
});
afterEach(() => opened.dispose());

type Action = (event: never) => Promise<unknown>;

/** @returns what the page is given, or where the browser is sent */
async function post(action: keyof typeof actions, body: Record<string, string>, event = 'integration') {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) form.append(name, value);
  const request = new Request('http://localhost/', { method: 'POST', body: form });
  return (actions[action] as Action)({ params: { event }, request, locals: { installation } } as never).catch(
    (thrown: unknown) => thrown,
  );
}

/** The form as the page shows it. */
async function filledIn(changes: Record<string, string> = {}): Promise<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const { id, places, meetingUrl } of await listWorkgroups(installation.db, eventId)) {
    fields[`places-${id}`] = String(places);
    fields[`meeting-${id}`] = meetingUrl ?? '';
  }
  return { ...fields, ...changes };
}

const workgroup = async (id: string) =>
  (await listWorkgroups(installation.db, eventId)).find((found) => found.id === id)!;

describe('places and meetings', () => {
  test('are stored as typed, and the others stay as they are', async () => {
    const typed = await filledIn({ 'places-w5': ' 31 ', 'meeting-w6': 'https://meet.example.org/6' });
    expect(await post('workgroups', typed)).toMatchObject({ status: 303 });
    expect(await workgroup('w5')).toMatchObject({ places: 31, meetingUrl: null });
    expect(await workgroup('w6')).toMatchObject({ places: 30, meetingUrl: 'https://meet.example.org/6' });
  });

  test.each([
    ['places-w5', '', { places: 'places_wrong' }],
    ['places-w5', '-1', { places: 'places_wrong' }],
    ['places-w5', '1.5', { places: 'places_wrong' }],
    ['places-w5', '10001', { places: 'places_wrong' }],
    ['places-w5', 'viele', { places: 'places_wrong' }],
    ['meeting-w5', 'http://meet.example.org', { meeting: 'url_wrong' }],
    ['meeting-w5', 'javascript:alert(1)', { meeting: 'url_wrong' }],
    ['meeting-w5', 'meet', { meeting: 'url_wrong' }],
  ])('%s = %j is refused with what was typed, and nothing is stored', async (field, value, problem) => {
    const typed = await filledIn({ [field]: value, 'places-w1': '7' });
    const answer = await post('workgroups', typed);
    expect(answer).toMatchObject({
      status: 400,
      data: { problems: { w5: problem }, typed: { w1: { places: '7' } } },
    });
    expect((await workgroup('w1')).places).toBe(30);
  });
});

describe('held digitally', () => {
  test('only by whoever says that this is decided', async () => {
    expect(await post('held', { held: 'digital' })).toMatchObject({ status: 400, data: { unsure: true } });
    expect(await post('held', { held: 'digital', sure: 'yes' })).toMatchObject({ status: 303 });
    expect((await findEvent(installation.db, { id: eventId }))?.held).toBe('digital');
    expect(await post('held', { held: 'on_site', sure: 'yes' })).toMatchObject({ status: 303 });
    expect((await findEvent(installation.db, { id: eventId }))?.held).toBe('on_site');
  });

  test.each(['', 'hybrid', 'DIGITAL'])('%j is no way to hold an event', async (held) => {
    expect(await post('held', { held, sure: 'yes' })).toMatchObject({ status: 400 });
  });
});

test('an event that does not exist has no settings', async () => {
  for (const action of ['held', 'workgroups'] as const)
    expect(await post(action, {}, 'nowhere')).toMatchObject({ status: 404 });
  const url = new URL('http://localhost/');
  const asked = load({ params: { event: 'nowhere' }, url, locals: { installation } } as never);
  await expect(asked).rejects.toMatchObject({ status: 404 });
});
