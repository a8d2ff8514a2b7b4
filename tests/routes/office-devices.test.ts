import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import type { DeviceId, EventId } from '../../src/lib/domain/ids.ts';
import { createPairingCode, listDevices, pairDevice } from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { actions, load } from '../../src/routes/office/[event]/devices/+page.server.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

let opened: TestInstallation;
let eventId: EventId;
let device: DeviceId;

beforeEach(async () => {
  opened = await testInstallation();
  eventId = await createEvent(opened.installation, dialogueEvening());
  device = await pair('Saal links');
});
afterEach(() => opened.dispose());

async function pair(name: string): Promise<DeviceId> {
  const code = await createPairingCode(opened.installation, eventId);
  const publicKey = bytesToBase64url(crypto.getRandomValues(new Uint8Array(32)));
  const outcome = await pairDevice(opened.installation, { code, name, publicKey });
  if (outcome.kind !== 'paired') throw new Error(outcome.kind);
  return outcome.answer.deviceId;
}

type Action = (event: never) => Promise<unknown>;

/** @returns what the page is given, or where the browser is sent */
async function post(action: keyof typeof actions, body: Record<string, string> | null) {
  const form = new FormData();
  for (const [name, value] of Object.entries(body ?? {})) form.append(name, value);
  const request = new Request('http://localhost/', {
    method: 'POST',
    body: body === null ? 'no form' : form,
  });
  const locals = { installation: opened.installation, organiser: null };
  const event = { params: { event: 'integration' }, url: new URL('https://office.test/x'), request, locals };
  return (actions[action] as Action)(event as never).catch((thrown: unknown) => thrown);
}

const read = async () =>
  (await listDevices(opened.installation.db, eventId)).find(({ id }) => id === device)!;

describe('a new name', () => {
  test('is stored without what stands around it, and the page says so', async () => {
    const answer = await post('rename', { device, name: '  Saal rechts ' });
    expect(answer).toMatchObject({ status: 303, location: '/office/integration/devices?saved' });
    expect((await read()).name).toBe('Saal rechts');
  });

  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['x'.repeat(61), 'long'],
    ['Flur', 'taken'],
  ])('%j is refused as %s, and stays in the field', async (name, problem) => {
    await pair('Flur');
    expect(await post('rename', { device, name })).toMatchObject({
      status: 400,
      data: { rename: { device, name, problem } },
    });
    expect((await read()).name).toBe('Saal links');
  });
});

test('a tablet is told to lock, is let be, and is revoked', async () => {
  expect(await post('lock', { device })).toMatchObject({ status: 303 });
  expect((await read()).lock_asked_at).not.toBeNull();
  expect(await post('unlock', { device })).toMatchObject({ status: 303 });
  expect((await read()).lock_asked_at).toBeNull();
  expect(await post('revoke', { device })).toMatchObject({ status: 303 });
  expect((await read()).revoked_at).not.toBeNull();
  expect(await post('rename', { device, name: 'Saal' })).toMatchObject({ status: 400, data: { gone: true } });
});

test.each(['rename', 'lock', 'unlock', 'revoke'] as const)(
  'whatever is sent to %s instead of a tablet is refused in words',
  async (action) => {
    const bodies: Parameters<typeof post>[1][] = [null, {}, { device: '' }, { device: '<script>' }];
    for (const body of bodies)
      expect(await post(action, body)).toMatchObject({ status: 400, data: { gone: true } });
  },
);

test('a pairing code comes with its QR code and the address of the door', async () => {
  expect(await post('pair', {})).toMatchObject({
    pairing: {
      code: expect.stringMatching(/^[0-9A-Z-]{14}$/) as unknown,
      address: 'https://office.test/door',
      qr: expect.stringMatching(/^data:image\/svg\+xml;base64,/) as unknown,
    },
  });
});

test('the page has no names of people in it, whoever looks', async () => {
  const url = new URL('http://localhost/');
  const locals = { installation: opened.installation };
  const data = await load({ params: { event: 'integration' }, url, locals } as never);
  expect(data).toMatchObject({ view: { conflicts: [], devices: [{ name: 'Saal links' }] }, saved: false });
});
