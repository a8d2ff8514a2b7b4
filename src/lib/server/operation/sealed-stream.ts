import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { Damaged } from './damaged.ts';

/**
 * A file that only a passphrase opens: after the first line and a salt come pieces, each AES-256-GCM with a key that
 * scrypt makes of the passphrase. A piece's nonce is its number, and of the last piece also that it is the last, so
 * that none can be left out, changed over or cut off unseen (the STREAM construction).
 */
const FIRST_LINE = Buffer.from('EINLASS-SEALED-1\n');
const SALT = 16;
const PIECE = 64 * 1024;
const TAG = 16;
/** 64 MiB of memory, about a quarter of a second. */
const SCRYPT = { N: 2 ** 16, r: 8, p: 1, maxmem: 128 * 1024 * 1024 };

const keyOf = (passphrase: string, salt: Uint8Array) => scryptSync(passphrase.normalize(), salt, 32, SCRYPT);

/** The key is used for this one file alone, so that numbers are enough. */
function nonceOf(number: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(number, 7);
  nonce.writeUInt8(last ? 1 : 0, 11);
  return nonce;
}

/** Whether a file that begins with these bytes needs a passphrase. */
export function isSealed(beginning: Uint8Array): boolean {
  return FIRST_LINE.equals(beginning.subarray(0, FIRST_LINE.length));
}

export async function* sealStream(
  plain: AsyncIterable<Uint8Array>,
  passphrase: string,
): AsyncGenerator<Buffer> {
  const salt = randomBytes(SALT);
  const key = keyOf(passphrase, salt);
  yield Buffer.concat([FIRST_LINE, salt]);
  for await (const { bytes, number, last } of pieces(plain, PIECE)) {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number, last));
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  }
}

/** @throws {Damaged} when the passphrase is another one, or the file has been altered or cut off */
export async function* openStream(
  sealed: AsyncIterable<Uint8Array>,
  passphrase: string,
): AsyncGenerator<Buffer> {
  const source = sealed[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < FIRST_LINE.length + SALT) {
    const next = await source.next();
    if (next.done) throw new Damaged('cut off');
    head = Buffer.concat([head, next.value]);
  }
  const key = keyOf(passphrase, head.subarray(FIRST_LINE.length, FIRST_LINE.length + SALT));
  async function* rest(): AsyncGenerator<Uint8Array> {
    yield head.subarray(FIRST_LINE.length + SALT);
    yield* { [Symbol.asyncIterator]: () => source };
  }
  for await (const { bytes, number, last } of pieces(rest(), PIECE + TAG)) {
    if (bytes.length < TAG) throw new Damaged('cut off');
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number, last));
    decipher.setAuthTag(bytes.subarray(-TAG));
    let plain;
    try {
      plain = Buffer.concat([decipher.update(bytes.subarray(0, -TAG)), decipher.final()]);
    } catch {
      throw new Damaged(number === 0 ? 'another passphrase' : 'altered');
    }
    yield plain;
  }
}

/** Cuts a stream in pieces of one size; the last one, which may be empty, is known as the last. */
async function* pieces(stream: AsyncIterable<Uint8Array>, size: number) {
  let waiting = Buffer.alloc(0);
  let number = 0;
  for await (const chunk of stream) {
    waiting = Buffer.concat([waiting, chunk]);
    let from = 0;
    // Of a whole piece nobody knows yet whether it is the last one.
    for (; waiting.length - from > size; from += size)
      yield { bytes: waiting.subarray(from, from + size), number: number++, last: false };
    waiting = waiting.subarray(from);
  }
  yield { bytes: waiting, number, last: true };
}
