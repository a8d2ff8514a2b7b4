import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Held } from '../../../src/lib/domain/held.ts';
import type { DeviceId, RegistrationId } from '../../../src/lib/domain/ids.ts';
import { heldSince, isNothing, joinHeld, tellable } from '../../../src/lib/domain/nearby/held-news.ts';
import { whomToCall } from '../../../src/lib/domain/nearby/introductions.ts';
import {
  encodeMessage,
  MOST_PLAIN_BYTES,
  MOST_RECORDS,
  MOST_WALK_INS,
  readMakers,
  readMessage,
  readRecords,
} from '../../../src/lib/domain/nearby/message.ts';
import { aScan } from '../support.ts';
import { anyDevice } from './support.ts';

const anyHeld: fc.Arbitrary<Held> = fc.record({
  scans: fc.dictionary(anyDevice, fc.integer({ min: 1, max: 5_000 }), { maxKeys: 5, noNullPrototype: true }),
  walkIns: fc.uniqueArray(
    anyDevice.map((id) => id as unknown as RegistrationId),
    { maxLength: 5 },
  ),
});

/** Whose order does not count. */
const sorted = ({ scans, walkIns }: Held) => ({ scans: { ...scans }, walkIns: [...walkIns].sort() });

test('a message comes back as it was', () => {
  fc.assert(
    fc.property(anyHeld, (held) => {
      const message = { kind: 'hello' as const, version: 1, held, certificate: null, page: null, makers: [] };
      expect(readMessage(encodeMessage(message))).toEqual({ kind: 'message', message });
    }),
  );
});

test('a message of a later app is told from one that is malformed', () => {
  const read = (value: unknown) => readMessage(new TextEncoder().encode(JSON.stringify(value))).kind;
  expect(read({ kind: 'song' })).toBe('unknown');
  expect(read({ kind: 'present', linked: [], mood: 'good' })).toBe('message');
  expect(read({ kind: 'present', linked: ['x'] })).toBe('malformed');
  expect(read({ kind: 'got' })).toBe('malformed');
  expect(read({ kind: 3 })).toBe('malformed');
  expect(read(null)).toBe('malformed');
  expect(readMessage(Uint8Array.of(0xff, 0xfe)).kind).toBe('malformed');
});

test('what is larger than any message is not read', () => {
  expect(readMessage(new Uint8Array(MOST_PLAIN_BYTES + 1).fill(32)).kind).toBe('malformed');
  const many = { kind: 'records' as const, records: Array<unknown>(MOST_RECORDS + 1).fill({}), makers: [] };
  expect(readMessage(encodeMessage(many)).kind).toBe('malformed');
});

test('a malformed record, or maker of one, takes nothing from the others', () => {
  const good = { scan: aScan({}), signature: 'A'.repeat(86) };
  const maker = {
    id: good.scan.deviceId,
    name: 'Saal',
    publicKey: 'A'.repeat(43),
    certificate: 'A'.repeat(86),
  };
  expect(readRecords([good, { ...good, signature: 'x' }, null])).toEqual({ records: [good], malformed: 2 });
  expect(readMakers({ makers: [{ ...maker, publicKey: '' }, 7, maker] })).toEqual([maker]);
});

test('what was told since, joined to what was told before, is what is held now', () => {
  fc.assert(
    fc.property(anyHeld, anyHeld, (before, more) => {
      const now = joinHeld(before, more);
      expect(sorted(joinHeld(before, heldSince(now, before)))).toEqual(sorted(now));
      expect(isNothing(heldSince(now, now))).toBe(true);
      expect(sorted(joinHeld(now, before))).toEqual(sorted(now));
    }),
  );
});

test('the most that a tablet can hold goes into a message', () => {
  const id = (i: number) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
  const held = tellable({
    scans: Object.fromEntries(Array.from({ length: 500 }, (_, i) => [id(i), 99_999])),
    walkIns: Array.from({ length: 2 * MOST_WALK_INS }, (_, i) => id(i) as RegistrationId),
  });
  expect(readMessage(encodeMessage({ kind: 'ask', held })).kind).toBe('message');
});

const device = (name: string) => name as DeviceId;
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(device) as [DeviceId, DeviceId, DeviceId, DeviceId];

test('whoever is linked to one is introduced to the others, and the lower of two calls', () => {
  const linked = new Map([[b, [a, c, d]]]);
  const at = (self: DeviceId, busy: DeviceId[] = []) =>
    whomToCall({ self, linked, atServer: [], busy: new Set(busy) });
  expect(at(a)).toEqual([
    { to: c, via: b },
    { to: d, via: b },
  ]);
  expect(at(a, [c])).toEqual([{ to: d, via: b }]);
  expect(at(d)).toEqual([]);
});

test('a tablet that is at the server is called by it, unless another can carry the call', () => {
  expect(whomToCall({ self: a, linked: new Map([[b, [c]]]), atServer: [b, c, d], busy: new Set() })).toEqual([
    { to: c, via: b },
    { to: d, via: null },
  ]);
});

test('no more are called than there are places', () => {
  const others = Array.from({ length: 12 }, (_, i) => device(`b${String(i).padStart(2, '0')}`));
  const linked = new Map(others.slice(0, 5).map((one) => [one, others]));
  expect(whomToCall({ self: a, linked, atServer: others, busy: new Set() })).toHaveLength(2);
});

test('two tablets never call each other', () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyDevice, { minLength: 3, maxLength: 3 }), ([one, two, between]) => {
      const calls = (self: DeviceId, other: DeviceId) =>
        whomToCall({
          self,
          linked: new Map([[between!, [other]]]),
          atServer: [other],
          busy: new Set(),
        }).filter(({ to }) => to === other).length;
      expect(calls(one!, two!) + calls(two!, one!)).toBe(1);
    }),
  );
});
