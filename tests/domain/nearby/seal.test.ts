import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { DeviceId } from '../../../src/lib/domain/ids.ts';
import { LinkSeal, type LinkNames } from '../../../src/lib/domain/nearby/seal.ts';
import type { SignalId } from '../../../src/lib/domain/nearby/signal.ts';
import { EVENT, exchangeKey, OTHER_EVENT } from './support.ts';

const A = '00000000-0000-4000-8000-00000000000a' as DeviceId;
const B = '00000000-0000-4000-8000-00000000000b' as DeviceId;
const AT_A: LinkNames = {
  eventId: EVENT,
  self: A,
  other: B,
  offer: '1111111111111111' as SignalId,
  answer: '2222222222222222' as SignalId,
};
const AT_B: LinkNames = { ...AT_A, self: B, other: A };
const text = (some: string) => new TextEncoder().encode(some);

let key: CryptoKey;
beforeAll(async () => {
  key = await exchangeKey();
});

test('messages open in the order in which they were sealed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string(), { maxLength: 6 }), async (messages) => {
      const [a, b] = [new LinkSeal(key, AT_A), new LinkSeal(key, AT_B)];
      for (const message of messages)
        expect(await b.open(await a.seal(text(message)))).toEqual(text(message));
    }),
  );
});

test('an altered message does not open, and the genuine one does all the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (message, at, by) => {
      const [a, b] = [new LinkSeal(key, AT_A), new LinkSeal(key, AT_B)];
      const sealed = await a.seal(text(message));
      const altered = sealed.slice();
      altered[at % altered.length]! ^= by;
      expect(await b.open(altered)).toBeNull();
      expect(await b.open(sealed.slice(0, at % sealed.length))).toBeNull();
      expect(await b.open(sealed)).toEqual(text(message));
    }),
  );
});

test('a message is good once, and only in its turn', async () => {
  const [a, b] = [new LinkSeal(key, AT_A), new LinkSeal(key, AT_B)];
  const [first, second] = [await a.seal(text('1')), await a.seal(text('2'))];
  expect(await b.open(second)).toBeNull();
  expect(await b.open(first)).toEqual(text('1'));
  expect(await b.open(first)).toBeNull();
  expect(await b.open(second)).toEqual(text('2'));
});

test.each([
  ['another event', { ...AT_B, eventId: OTHER_EVENT }],
  ['another offer', { ...AT_B, offer: '3333333333333333' as SignalId }],
  ['another answer', { ...AT_B, answer: '3333333333333333' as SignalId }],
  ['the sender itself', AT_A],
  ['another receiver', { ...AT_B, self: '00000000-0000-4000-8000-00000000000c' as DeviceId }],
  ['another sender', { ...AT_B, other: '00000000-0000-4000-8000-00000000000c' as DeviceId }],
])('a message is good for nothing at %s', async (_, names) => {
  const sealed = await new LinkSeal(key, AT_A).seal(text('1'));
  expect(await new LinkSeal(key, names).open(sealed)).toBeNull();
});

test('a message by another key does not open', async () => {
  const sealed = await new LinkSeal(await exchangeKey(2), AT_A).seal(text('1'));
  expect(await new LinkSeal(key, AT_B).open(sealed)).toBeNull();
});
