import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase45, encodeBase45 } from '../../src/lib/domain/base45.ts';

const ascii = (text: string) => Uint8Array.from(Buffer.from(text, 'ascii'));

describe('base45', () => {
  test.each([
    ['', ''],
    ['AB', 'BB8'],
    ['Hello!!', '%69 VD92EX0'],
    ['base-45', 'UJCLQE7W581'],
    ['ietf!', 'QED8WEX0'],
  ])('writes %j as %j, as RFC 9285 does, and reads it back', (plain, encoded) => {
    expect(encodeBase45(ascii(plain))).toBe(encoded);
    expect(decodeBase45(encoded)).toEqual(ascii(plain));
  });

  test.each([
    ['FGW', [0xff, 0xff]],
    ['U5', [0xff]],
    ['000', [0, 0]],
    ['00', [0]],
  ])('reads the outermost values: %j', (encoded, bytes) => {
    expect(decodeBase45(encoded)).toEqual(Uint8Array.from(bytes));
  });

  test.each([
    ['a lone character', 'A'],
    ['a character too many', 'BB8A'],
    ['three characters worth more than two bytes', 'GGW'],
    ['three characters worth much more', ':::'],
    ['two characters worth more than a byte', 'V5'],
    ['a value too large at the end', 'BB8::'],
    ['small letters', 'bb8'],
    ['a character outside the alphabet', 'B_8'],
    ['a letter outside ASCII', 'BÄ8'],
    ['a character of two code units', 'B😀'],
    ['a line break', 'BB8\n00'],
  ])('refuses %s', (_, text) => {
    expect(decodeBase45(text)).toBe(null);
  });

  test('gives back every sequence of bytes, in the characters of alphanumeric QR codes only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = encodeBase45(bytes);
        expect(text).toMatch(/^[0-9A-Z $%*+./:-]*$/);
        expect(decodeBase45(text)).toEqual(bytes);
      }),
    );
  });

  test('reads no two texts as the same bytes', () => {
    const characters = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:');
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 12 }), (text) => {
        const bytes = decodeBase45(text);
        if (bytes) expect(encodeBase45(bytes)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});
