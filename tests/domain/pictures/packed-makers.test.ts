import { expect, test } from 'vitest';
import type { CertifiedDevice } from '../../../src/lib/domain/device-certificate.ts';
import { packMakers, unpackMakers } from '../../../src/lib/domain/pictures/packed-makers.ts';
import { deviceId } from '../support.ts';

const maker = (name: string, id = 'one'): CertifiedDevice => ({
  id: deviceId(id),
  name,
  publicKey: 'k'.repeat(42) + 'A',
  certificate: 'c'.repeat(85) + 'A',
});

test('tablets come back as they were, and what stands behind them is untouched', () => {
  const makers = [maker('Eingang links'), maker('مدخل', 'two'), maker('', 'three')];
  const packed = Uint8Array.from([...packMakers(makers), 7, 8, 9]);
  expect(unpackMakers(packed)).toEqual({ makers, rest: Uint8Array.of(7, 8, 9) });
  expect(packed.length).toBeLessThan(3 * 140);
});

test('none takes one byte', () => {
  expect(packMakers([])).toEqual(Uint8Array.of(0));
  expect(unpackMakers(Uint8Array.of(0))).toEqual({ makers: [], rest: new Uint8Array() });
});

test('what is cut off, or too many, or too long a name, is not read', () => {
  const packed = packMakers([maker('Saal')]);
  for (let length = 0; length < packed.length; length += 1)
    expect(unpackMakers(packed.slice(0, length))).toBeNull();
  expect(unpackMakers(Uint8Array.of(0xff, 0x7f))).toBeNull();
  expect(unpackMakers(packMakers([maker('x'.repeat(201))]))).toBeNull();
});
