import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import { handInTokenOf } from '../../src/lib/domain/hand-in-token.ts';
import type { EventId } from '../../src/lib/domain/ids.ts';
import { MOST_SIGNALS, NearbyResponseSchema } from '../../src/lib/domain/nearby/post.ts';
import { createKeyPair } from '../../src/lib/domain/signing.ts';
import { addMillis, SECOND, type Millis } from '../../src/lib/domain/time.ts';
import type { PairResponse } from '../../src/lib/domain/wire.ts';
import { berlinTime } from '../../src/lib/server/berlin-time.ts';
import { createPairingCode, revokeDevice } from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { paceSignals, paceSync, SIGNALS_PER_MINUTE } from '../../src/lib/server/sync-pace.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { endpointFetch } from '../support/tablet.ts';

/** Tablets of one event hand each other signals over the server, as long as it can be reached. */

let world: TestInstallation;
let call: typeof fetch;
let now: Millis = berlinTime(2022, 11, 18, 15, 40);
let events = 0;
let eventId: EventId;
let a: PairResponse;
let b: PairResponse;
beforeAll(async () => {
  world = await testInstallation(() => now);
  call = endpointFetch(world.installation);
});
afterAll(() => world.dispose());
beforeEach(async () => {
  eventId = await createEvent(world.installation, dialogueEvening(`event-${(events += 1)}`));
  [a, b] = [await paired(), await paired()];
});

async function paired(event = eventId): Promise<PairResponse> {
  const { publicKey } = await createKeyPair();
  const code = await createPairingCode(world.installation, event);
  const body = JSON.stringify({ code, name: 'Tablet', publicKey: bytesToBase64url(publicKey) });
  return (await (await call('/api/door/v1/pair', { method: 'POST', body })).json()) as PairResponse;
}

const post = (token: string, body: unknown) =>
  call('/api/door/v1/nearby', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });

async function exchange({ token }: PairResponse, ...signals: { to: string; signal: string }[]) {
  const response = await post(token, { signals });
  expect(response.status).toBe(200);
  return v.parse(NearbyResponseSchema, await response.json());
}

test('a tablet gets what another has left for it, once, and hears who is there', async () => {
  expect(await exchange(a)).toEqual({ signals: [], present: [] });
  expect(await exchange(b, { to: a.deviceId, signal: 'AAAA' })).toEqual({
    signals: [],
    present: [a.deviceId],
  });
  expect(await exchange(a)).toEqual({
    signals: [{ from: b.deviceId, signal: 'AAAA' }],
    present: [b.deviceId],
  });
  expect((await exchange(a)).signals).toEqual([]);
});

test('nothing passes from one event to another, nor to a tablet that is not there', async () => {
  const stranger = await paired(await createEvent(world.installation, dialogueEvening(`other-${events}`)));
  await exchange(stranger);
  expect((await exchange(a, { to: stranger.deviceId, signal: 'AAAA' })).present).toEqual([]);
  expect(await exchange(stranger)).toEqual({ signals: [], present: [] });
  await exchange(a, { to: b.deviceId, signal: 'AAAA' });
  expect((await exchange(b)).signals).toEqual([]);
});

test('a tablet that has not asked for half a minute is not there, and an old signal is of no use', async () => {
  await exchange(a);
  await exchange(b, { to: a.deviceId, signal: 'AAAA' });
  now = addMillis(now, 31 * SECOND);
  expect(await exchange(a)).toEqual({ signals: [], present: [] });
});

test('no more signals wait for a tablet than it can need', async () => {
  await exchange(a);
  const full = Array.from({ length: MOST_SIGNALS }, () => ({ to: a.deviceId, signal: 'AAAA' }));
  await exchange(b, ...full);
  await exchange(b, { to: a.deviceId, signal: 'BBBB' });
  const { signals } = await exchange(a);
  expect(signals).toHaveLength(MOST_SIGNALS);
  expect(signals.at(-1)!.signal).toBe('BBBB');
});

test('a locked and a revoked tablet have no part in it, and nor has anybody else', async () => {
  expect((await post(await handInTokenOf(a.token), { signals: [] })).status).toBe(401);
  await revokeDevice(world.installation, eventId, a.deviceId);
  expect((await post(a.token, { signals: [] })).status).toBe(401);
  expect((await post('x'.repeat(43), { signals: [] })).status).toBe(401);
});

test('a tablet that has gone mad is refused for a while, and may sync all the same', async () => {
  for (let i = 0; i < SIGNALS_PER_MINUTE; i += 1) await paceSignals(a.deviceId);
  const refused = await post(a.token, { signals: [] });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await paceSync(a.deviceId)).toBe(0);
  await exchange(b);
});

test.each([
  ['nothing', {}],
  ['too many signals', { signals: Array(MOST_SIGNALS + 1).fill({ to: 'x', signal: 'AAAA' }) }],
  ['a signal to nobody', { signals: [{ to: 'x', signal: 'AAAA' }] }],
  ['a signal that is none', { signals: [{ to: crypto.randomUUID(), signal: '<b>' }] }],
  ['a signal that is too long', { signals: [{ to: crypto.randomUUID(), signal: 'A'.repeat(5_000) }] }],
])('%s is refused with a reason', async (_, body) => {
  const response = await post(a.token, body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'malformed' });
});
