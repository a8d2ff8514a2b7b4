import { decodeBase45 } from '../../../domain/base45.ts';
import { correctBlock } from './reed-solomon.ts';
import {
  BIT_PLACES,
  BLOCK_LENGTH,
  BLOCKS,
  CHECK_BYTES,
  FORMAT_PLACES,
  FORMATS,
  MASK_SIGNS,
} from './ticket-symbol.ts';

/**
 * Reads a ticket from modules that are only more or less dark. Each block's least certain bytes are given up first, so
 * that more of the others may be wrong.
 */
export interface TicketBits {
  /** The ticket's text; null while a block can't be corrected. */
  text: string | null;
  mask: number;
  /** For each block, its bits as they must be (1 dark, -1 light, at the places of `placesOf`), or null. */
  blocks: (Int8Array | null)[];
}

/** How many bytes of a block are given up, tried in turn. With more, a wrong text could be taken for a right one. */
const GIVEN_UP = [0, 3, 6, 8];

/** @param modules - above 0 is dark, below is light, and the further from 0 the surer */
export function readTicketBits(modules: Float32Array): TicketBits {
  const mask = likeliestMask(modules);
  const signs = MASK_SIGNS[mask]!;
  const blocks = Array.from({ length: BLOCKS }, (_, block) => correct(modules, signs, block));
  const bytes = blocks.flatMap((block) => [...(block?.subarray(0, BLOCK_LENGTH - CHECK_BYTES) ?? [])]);
  const complete = blocks.every((block) => block !== null);
  return {
    text: complete ? ticketTextOf(bytes) : null,
    mask,
    blocks: blocks.map((block, i) => block && modulesOf(block, signs, i)),
  };
}

function likeliestMask(modules: Float32Array): number {
  const scores = FORMATS.map((format) =>
    FORMAT_PLACES.reduce((sum, [one, other], bit) => {
      const seen = modules[one]! + modules[other]!;
      return sum + ((format >>> bit) & 1 ? seen : -seen);
    }, 0),
  );
  return scores.indexOf(Math.max(...scores));
}

/** The place of a bit of a block's byte among all bits: the blocks take turns byte by byte. */
function bitOf(block: number, byte: number, bit: number): number {
  return 8 * (byte * BLOCKS + block) + bit;
}

/** The modules of a block's bits. */
export function placesOf(block: number): Uint16Array {
  return Uint16Array.from({ length: 8 * BLOCK_LENGTH }, (_, i) => BIT_PLACES[bitOf(block, i >> 3, i & 7)]!);
}

function correct(modules: Float32Array, signs: Int8Array, block: number): Uint8Array | null {
  const seen = new Uint8Array(BLOCK_LENGTH);
  const certainty = new Float32Array(BLOCK_LENGTH);
  for (let byte = 0; byte < BLOCK_LENGTH; byte += 1) {
    let least = Infinity;
    for (let bit = 0; bit < 8; bit += 1) {
      const index = bitOf(block, byte, bit);
      const value = modules[BIT_PLACES[index]!]! * signs[index]!;
      if (value > 0) seen[byte]! |= 0x80 >> bit;
      least = Math.min(least, Math.abs(value));
    }
    certainty[byte] = least;
  }
  const doubtful = [...certainty.keys()].sort((a, b) => certainty[a]! - certainty[b]!);
  for (const count of GIVEN_UP) {
    const corrected = seen.slice();
    if (correctBlock(corrected, CHECK_BYTES, doubtful.slice(0, count))) return corrected;
  }
  return null;
}

function modulesOf(bytes: Uint8Array, signs: Int8Array, block: number): Int8Array {
  return Int8Array.from({ length: 8 * BLOCK_LENGTH }, (_, i) => {
    const dark = bytes[i >> 3]! & (0x80 >> (i & 7)) ? 1 : -1;
    return dark * signs[bitOf(block, i >> 3, i & 7)]!;
  });
}

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const PREFIX = 'EL:';

/** @returns the text, or null when these are not a ticket's bytes */
function ticketTextOf(bytes: number[]): string | null {
  let position = 0;
  const take = (bits: number) => {
    let value = 0;
    for (const end = position + bits; position < end; position += 1)
      value = (value << 1) | ((bytes[position >> 3]! >>> (7 - (position & 7))) & 1);
    return value;
  };
  if (take(4) !== 0b0010) return null;
  const length = take(9);
  if (13 + Math.ceil(length * 5.5) > 8 * bytes.length) return null;
  let text = '';
  while (text.length < length) {
    const pair = text.length + 1 < length;
    const value = take(pair ? 11 : 6);
    if (value >= (pair ? 45 * 45 : 45)) return null;
    text += (pair ? ALPHANUMERIC[Math.floor(value / 45)]! : '') + ALPHANUMERIC[value % 45]!;
  }
  return text.startsWith(PREFIX) && decodeBase45(text.slice(PREFIX.length)) ? text : null;
}
