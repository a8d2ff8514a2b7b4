import type { Bytes } from '../../domain/bytes.ts';
import { joinBytes } from '../../domain/bytes.ts';
import type { CertifiedDevice } from '../../domain/device-certificate.ts';
import type { Held } from '../../domain/held.ts';
import { packMakers, unpackMakers } from '../../domain/pictures/packed-makers.ts';
import { packHeld, unpackHeld } from '../../domain/pictures/packed-held.ts';
import { packRecords, unpackRecords } from '../../domain/pictures/packed-records.ts';
import { Packer, Unpacker, Unreadable } from '../../domain/pictures/packing.ts';
import type { SignedRecord } from '../../domain/signed-record.ts';
import type { Taken } from '../record-book.ts';

/** What the messages of the pictures say, as bytes. Each begins with a byte of flags. */

const DEFLATED = 1;
const MORE = 2;
const INFLATES = 1;
/** More than this has nobody sent: what claims to be more is not unpacked, in bytes. */
const MOST_INFLATED = 16 * 1024 * 1024;

/** What somebody has, and whether their browser can unpack what was compressed. */
export interface HeldMessage {
  held: Held;
  inflates: boolean;
}

export function writeHeld(held: Held): Bytes {
  return joinBytes(Uint8Array.of(canInflate() ? INFLATES : 0), packHeld(held));
}

export function readHeld(bytes: Bytes): HeldMessage | null {
  const held = unpackHeld(bytes.subarray(1));
  return held && { held, inflates: (bytes[0]! & INFLATES) !== 0 };
}

export interface RecordsMessage {
  records: SignedRecord[];
  /** The server's word for the tablets that made them, which the other may never have heard of. */
  makers: CertifiedDevice[];
  /** There are more than these: to be asked for when these are stored. */
  more: boolean;
}

/** @param deflate - whether the other can unpack it again */
export async function writeRecords(
  { records, makers, more }: RecordsMessage,
  deflate: boolean,
): Promise<Bytes> {
  const plain = joinBytes(packMakers(makers), packRecords(records));
  const deflated = deflate ? await through(plain, 'CompressionStream') : null;
  const flags = (deflated ? DEFLATED : 0) | (more ? MORE : 0);
  return joinBytes(Uint8Array.of(flags), deflated ?? plain);
}

/** @returns null where it can't be read: not records, or compressed and this browser can't unpack it */
export async function readRecords(bytes: Bytes): Promise<RecordsMessage | null> {
  const flags = bytes[0]!;
  const rest = bytes.slice(1);
  const plain = flags & DEFLATED ? await through(rest, 'DecompressionStream') : rest;
  const unpacked = plain && unpackMakers(plain);
  const records = unpacked && unpackRecords(unpacked.rest);
  return records && { records, makers: unpacked.makers, more: (flags & MORE) !== 0 };
}

/** How far a tablet has got with taking records; `taken` once they are stored. */
export interface Report {
  have: number;
  needed: number;
  taken: Taken | null;
}

export function writeReport({ have, needed, taken }: Report): Bytes {
  const packer = new Packer();
  packer.byte(taken ? 1 : 0);
  for (const count of [have, needed, taken?.taken ?? 0, taken?.known ?? 0, taken?.refused ?? 0])
    packer.count(count);
  return packer.done();
}

export function readReport(bytes: Bytes): Report | null {
  const unpacker = new Unpacker(bytes);
  try {
    const stored = unpacker.byte() === 1;
    const [have, needed] = [unpacker.count(), unpacker.count()];
    const taken = { taken: unpacker.count(), known: unpacker.count(), refused: unpacker.count() };
    unpacker.end();
    return { have, needed, taken: stored ? taken : null };
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

function canInflate(): boolean {
  return typeof DecompressionStream === 'function';
}

/** @returns null where the browser can't, the bytes are not compressed, or they would be too many */
async function through(
  bytes: Bytes,
  kind: 'CompressionStream' | 'DecompressionStream',
): Promise<Bytes | null> {
  const Way = globalThis[kind] as typeof CompressionStream | undefined;
  if (!Way) return null;
  try {
    const parts: Uint8Array[] = [];
    let length = 0;
    const reader = new Blob([bytes]).stream().pipeThrough(new Way('deflate-raw')).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      parts.push(next.value);
      length += next.value.length;
      if (length > MOST_INFLATED) {
        await reader.cancel();
        return null;
      }
    }
    return joinBytes(...parts);
  } catch {
    return null;
  }
}
