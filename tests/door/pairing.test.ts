import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId } from '../../src/lib/domain/ids.ts';
import { pairTablet, type PairingResult } from '../../src/lib/door/pairing.ts';
import { createPairingCode, listDevices } from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { PIN, Tablet, type Network } from '../support/tablet.ts';

let world: TestInstallation;
let eventId: EventId;
let tablet: Tablet;
let code: string;
beforeEach(async () => {
  world = await testInstallation();
  eventId = await createEvent(world.installation, dialogueEvening());
  code = await createPairingCode(world.installation, eventId);
  tablet = new Tablet('Haupteingang', world.installation);
  await tablet.start();
});
afterEach(async () => {
  tablet.store.close();
  await world.dispose();
});

const pair = (withCode = code) => pairTablet(tablet.store, tablet.transport, withCode, tablet.name);
const devices = () => listDevices(world.installation.db, eventId);

describe('a tablet that is paired', () => {
  test('is who it is, also after the app was killed', async () => {
    expect(await pair()).toBe('paired');
    const [device] = await devices();
    await tablet.crash();
    expect(tablet.store.identity).toMatchObject({
      deviceId: device!.id,
      keyId: device!.key_id,
      eventId,
      name: 'Haupteingang',
    });
    await tablet.lock.choosePin(PIN);
    expect(await tablet.sync()).toEqual({ kind: 'done' });
  });

  test('has a private key that does not leave it', async () => {
    await pair();
    await tablet.crash();
    expect(tablet.store.identity!.privateKey).toMatchObject({
      kind: 'webcrypto',
      key: { extractable: false },
    });
  });

  test('has a token that the server does not know', async () => {
    await pair();
    const [device] = await devices();
    expect(JSON.stringify(device)).not.toContain(tablet.store.identity!.token);
  });

  test('is paired by a code as people type it', async () => {
    expect(
      await pair(` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')}`),
    ).toBe('paired');
  });
});

test('a pairing whose answer was lost can be begun again, and the tablet is one', async () => {
  tablet.network = async (deliver) => {
    await deliver();
    throw new TypeError('fetch failed');
  };
  expect(await pair()).toBe('no_network');
  expect(tablet.store.identity).toBe(null);
  await tablet.crash();
  tablet.network = (deliver) => deliver();
  expect(await pair()).toBe('paired');
  expect((await devices()).map(({ id }) => id)).toEqual([tablet.store.identity!.deviceId]);
  await tablet.lock.choosePin(PIN);
  expect(await tablet.sync()).toEqual({ kind: 'done' });
});

const answers =
  (status: number, body: unknown): Network =>
  async () =>
    Response.json(body, { status });

describe('a tablet that is not paired', () => {
  test.each<[PairingResult, string, Network]>([
    ['bad_code', 'the server says no', answers(403, { code: 'bad_code', message: '' })],
    ['bad_code', 'the server does not understand the code', answers(400, { code: 'malformed', message: '' })],
    ['too_many_attempts', 'it was tried too often', answers(429, { code: 'too_many', message: '' })],
    ['no_network', 'the server is out of order', answers(500, { message: 'Internal Error' })],
    ['no_network', 'the network is down', () => Promise.reject(new TypeError('fetch failed'))],
    ['no_network', 'something else answers', async () => new Response('<h1>Welcome</h1>')],
  ])('says %s when %s', async (result, _, network) => {
    tablet.network = network;
    expect(await pair()).toBe(result);
    expect(tablet.store.identity).toBe(null);
  });

  test('is not, by the code of another tablet', async () => {
    await pair();
    const second = new Tablet('Raum 1', world.installation);
    await second.start();
    expect(await pairTablet(second.store, second.transport, code, 'Raum 1')).toBe('bad_code');
    second.store.close();
  });

  test('syncs nothing', async () => {
    expect(await tablet.sync()).toEqual({ kind: 'not_paired' });
  });
});
