import { describe, expect, test } from 'vitest';
import { HeldCodes } from '../../../src/lib/door/scanner/held-codes.ts';
import { SECOND, millis } from '../../../src/lib/domain/time.ts';

describe('a code that is held in view', () => {
  const at = (seconds: number) => millis(seconds * SECOND);

  test('is scanned once, even when it is read only now and then', () => {
    const held = new HeldCodes();
    expect(held.isNew('one', at(0))).toBe(true);
    for (const seconds of [0.1, 0.2, 1.9, 3.5, 5]) expect(held.isNew('one', at(seconds))).toBe(false);
  });

  test('is scanned again after it was taken away', () => {
    const held = new HeldCodes();
    held.isNew('one', at(0));
    expect(held.isNew('one', at(2))).toBe(true);
  });

  test('is not scanned again when another came between', () => {
    const held = new HeldCodes();
    held.isNew('one', at(0));
    expect(held.isNew('two', at(0.5))).toBe(true);
    expect(held.isNew('one', at(1))).toBe(false);
  });
});
