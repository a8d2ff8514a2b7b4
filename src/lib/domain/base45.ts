import type { Bytes } from './bytes.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const VALUES = new Map([...ALPHABET].map((char, value) => [char, value]));

/**
 * Base45 as in RFC 9285: two bytes become three characters of QR's alphanumeric alphabet, which a QR code
 * stores in 16.5 bits.
 */
export function encodeBase45(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 2) {
    const second = bytes[i + 1];
    let rest = second === undefined ? bytes[i]! : bytes[i]! * 256 + second;
    for (let digit = 0; digit < (second === undefined ? 2 : 3); digit++) {
      text += ALPHABET[rest % 45];
      rest = Math.floor(rest / 45);
    }
  }
  return text;
}

/** @returns the bytes, or null when the text is not base45 (wrong characters, length, or a value too large). */
export function decodeBase45(text: string): Bytes | null {
  if (text.length % 3 === 1) return null;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i += 3) {
    const group = [...text.slice(i, i + 3)].map((char) => VALUES.get(char));
    let value = 0;
    for (const digit of group.reverse()) {
      if (digit === undefined) return null;
      value = value * 45 + digit;
    }
    if (group.length === 3) {
      if (value > 0xffff) return null;
      bytes.push(value >> 8, value & 0xff);
    } else {
      if (value > 0xff) return null;
      bytes.push(value);
    }
  }
  return Uint8Array.from(bytes);
}
