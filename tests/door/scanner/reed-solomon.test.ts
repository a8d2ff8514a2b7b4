import fc from 'fast-check';
import { expect, test } from 'vitest';
import { correctBlock } from '../../../src/lib/door/scanner/reading/reed-solomon.ts';

const CHECK_BYTES = 16;
/** From the standard's example of a symbol of version 1-M: 16 bytes of data and their 10 check bytes. */
const EXAMPLE = [
  0x10, 0x20, 0x0c, 0x56, 0x61, 0x80, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xa5, 0x24,
  0xd4, 0xc1, 0xed, 0x36, 0xc7, 0x87, 0x2c, 0x55,
];

test("the standard's example is right as it is, and again after five of its bytes were changed", () => {
  const block = Uint8Array.from(EXAMPLE);
  expect(correctBlock(block, 10, [])).toBe(true);
  expect([...block]).toEqual(EXAMPLE);
  for (const place of [0, 7, 12, 18, 25]) block[place]! ^= 0x5a;
  expect(correctBlock(block, 10, [])).toBe(true);
  expect([...block]).toEqual(EXAMPLE);
});

test('two erasures cost as much as one error', () => {
  const zero = new Uint8Array(43);
  const damage = fc.record({
    places: fc.uniqueArray(fc.nat(42), { minLength: 16, maxLength: 16 }),
    values: fc.array(fc.integer({ min: 1, max: 255 }), { minLength: 16, maxLength: 16 }),
    erased: fc.integer({ min: 0, max: 16 }),
  });
  fc.assert(
    fc.property(damage, ({ places, values, erased }) => {
      const errors = Math.floor((CHECK_BYTES - erased) / 2);
      const block = zero.slice();
      places.slice(0, erased + errors).forEach((place, i) => (block[place] = values[i]!));
      expect(correctBlock(block, CHECK_BYTES, places.slice(0, erased))).toBe(true);
      expect(block).toEqual(zero);
    }),
  );
});

test('what is damaged beyond correction is hardly ever taken for right', () => {
  const taken = Array.from({ length: 300 }, (_, seed) => {
    const block = Uint8Array.from(
      { length: 43 },
      (_, i) => (seed * 7_919 + i * i * 31 + ((seed * i) >> 2)) & 255,
    );
    return correctBlock(block, CHECK_BYTES, []);
  });
  expect(taken.filter(Boolean)).toEqual([]);
});
