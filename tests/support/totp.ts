import { createHmac } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP = 30_000;

/**
 * What an authenticator app shows (RFC 6238: SHA-1, six digits, 30 seconds), from the key as it is typed into one.
 *
 * @param now - in milliseconds
 */
export function totpCode(key: string, now: number): string {
  const bits = [...key.replace(/\s/g, '')]
    .map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / STEP)));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const number = mac.readUInt32BE(mac.at(-1)! & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** The code after the one that is shown now: it is taken already, for clocks are never quite right. */
export function nextTotpCode(key: string, now: number): string {
  return totpCode(key, now + STEP);
}
