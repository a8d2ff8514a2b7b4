import type { Bytes } from './bytes.ts';

/**
 * A rateless code: from a message of `k` blocks it makes as many different blocks as anybody cares to look at, and any
 * `k` of them, give or take two, are enough to get the message back, whichever they are and in whatever order.
 *
 * It is the random linear code over GF(2) with a systematic first round (D. J. C. MacKay, "Fountain codes", IEE
 * Proceedings Communications 152, 2005, section 2): block `n` below `k` is the message's own, every later one is the
 * sum of a random half of them, and which half follows from `n`. Solved by Gaussian elimination as blocks arrive.
 *
 * - Overhead: 1.6 blocks on average, and fewer than 8 in all but one of a hundred cases, whatever `k` is. LT codes need
 *   some 10 to 30 % more at the few hundred blocks of an evening's scans; Raptor codes need as few, with ten times the
 *   code, and only pay above some thousand blocks.
 * - Cost: for each arriving block at most `k` additions of a block, and `k²/2` once at the end. An evening of 2,000
 *   scans is some 200 blocks: milliseconds. The bound of 2,048 blocks keeps the worst under a second or two.
 *
 * It protects from loss, and by a checksum from mistakes; whether a block is genuine is the seal's business.
 */

/** The most blocks of a message. */
export const MAX_BLOCKS = 2_048;
/** The most bytes of a block: what the largest QR code holds. */
export const MAX_BLOCK_SIZE = 2_953;

/** What must be known of a message to put its blocks together. */
export interface FountainHeader {
  /** The message's length in bytes. */
  length: number;
  /** CRC-32 of the message. */
  checksum: number;
  /** Bytes in each block. */
  blockSize: number;
}

/** @returns how many blocks it takes, or null where that is out of bounds */
export function blockCount({
  length,
  blockSize,
}: Pick<FountainHeader, 'length' | 'blockSize'>): number | null {
  if (!Number.isInteger(length) || length < 1) return null;
  if (!Number.isInteger(blockSize) || blockSize < 1 || blockSize > MAX_BLOCK_SIZE) return null;
  const count = Math.ceil(length / blockSize);
  return count <= MAX_BLOCKS ? count : null;
}

/** Makes blocks of a message. */
export class FountainSource {
  readonly header: FountainHeader;
  readonly count: number;
  private readonly blocks: Uint32Array[];

  /** @throws {RangeError} for an empty message, or one of too many blocks */
  constructor(message: Uint8Array, blockSize: number) {
    const count = blockCount({ length: message.length, blockSize });
    if (count === null)
      throw new RangeError(`no message of ${message.length} bytes in blocks of ${blockSize}`);
    this.count = count;
    this.header = { length: message.length, checksum: crc32(message), blockSize };
    this.blocks = Array.from({ length: count }, (_, i) =>
      wordsOf(message.subarray(i * blockSize, (i + 1) * blockSize), blockSize),
    );
  }

  /** @param number - 0 to 2³² − 1; each gives another block, and always the same */
  block(number: number): Bytes {
    const sum = new Uint32Array(this.blocks[0]!.length);
    const chosen = chosenBlocks(number, this.count);
    for (let i = 0; i < this.count; i += 1)
      if ((chosen[i >>> 5]! >>> (i & 31)) & 1) add(sum, this.blocks[i]!);
    return new Uint8Array(sum.buffer, 0, this.header.blockSize);
  }
}

/** A block together with which of the message's blocks it is the sum of. */
interface Row {
  chosen: Uint32Array;
  words: Uint32Array;
}

/** Puts a message together from its blocks. It holds no more than the message takes. */
export class FountainSink {
  readonly header: FountainHeader;
  /** How many blocks that tell something new it takes. */
  readonly needed: number;
  /** How many it has. */
  have = 0;
  /** Each row's lowest chosen block is the one that it stands at. */
  private readonly rows: (Row | undefined)[];

  private constructor(header: FountainHeader, needed: number) {
    this.header = header;
    this.needed = needed;
    this.rows = Array<Row | undefined>(needed);
  }

  /** @returns null for a header that is out of bounds; nothing is allocated for it */
  static for(header: FountainHeader): FountainSink | null {
    const needed = blockCount(header);
    return needed === null ? null : new FountainSink({ ...header }, needed);
  }

  get complete(): boolean {
    return this.have === this.needed;
  }

  /** @returns whether the block told anything new; one of another size never does */
  add(number: number, block: Uint8Array): boolean {
    const { blockSize } = this.header;
    if (this.complete || block.length !== blockSize) return false;
    const row = { chosen: chosenBlocks(number, this.needed), words: wordsOf(block, blockSize) };
    for (let at = lowest(row.chosen, 0); at !== -1; at = lowest(row.chosen, at)) {
      const standing = this.rows[at];
      if (!standing) {
        this.rows[at] = row;
        this.have += 1;
        return true;
      }
      addRow(row, standing);
    }
    return false;
  }

  /** @returns the message, null while blocks are missing, or `damaged` when what came together is not what was sent */
  message(): Bytes | 'damaged' | null {
    if (!this.complete) return null;
    const { length, checksum, blockSize } = this.header;
    const message = new Uint8Array(this.needed * blockSize);
    for (let at = this.needed - 1; at >= 0; at -= 1) {
      const row = this.rows[at]!;
      // Every row further down is the plain block already.
      for (let i = lowest(row.chosen, at + 1); i !== -1; i = lowest(row.chosen, i + 1))
        addRow(row, this.rows[i]!);
      message.set(new Uint8Array(row.words.buffer, 0, blockSize), at * blockSize);
    }
    const whole = message.slice(0, length);
    return crc32(whole) === checksum ? whole : 'damaged';
  }
}

/** Which of the message's blocks the block of a number is the sum of, as bits. */
function chosenBlocks(number: number, count: number): Uint32Array {
  const bits = new Uint32Array(Math.ceil(count / 32));
  if (number >= count) {
    for (let i = 0; i < bits.length; i += 1) bits[i] = mix(mix(number + 0x9e3779b9) ^ (i * 0x85ebca6b));
    if (count & 31) bits[bits.length - 1]! &= (1 << (count & 31)) - 1;
    if (bits.some((word) => word !== 0)) return bits;
  }
  const own = number % count;
  bits[own >>> 5] = 1 << (own & 31);
  return bits;
}

/** The finaliser of MurmurHash3 (A. Appleby): every bit of what goes in turns half of what comes out. */
function mix(value: number): number {
  let mixed = value >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** @returns the lowest bit that is set from a place on, or -1 */
function lowest(bits: Uint32Array, from: number): number {
  for (let word = from >>> 5; word < bits.length; word += 1) {
    const value = word === from >>> 5 ? bits[word]! & (-1 << (from & 31)) : bits[word]!;
    if (value !== 0) return 32 * word + 31 - Math.clz32(value & -value);
  }
  return -1;
}

function addRow(row: Row, other: Row): void {
  add(row.chosen, other.chosen);
  add(row.words, other.words);
}

function add(sum: Uint32Array, other: Uint32Array): void {
  for (let i = 0; i < sum.length; i += 1) sum[i]! ^= other[i]!;
}

/** In words, which are added four bytes at a time; the rest is zero. */
function wordsOf(bytes: Uint8Array, blockSize: number): Uint32Array {
  const words = new Uint32Array(Math.ceil(blockSize / 4));
  new Uint8Array(words.buffer).set(bytes);
  return words;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** CRC-32 as of ISO 3309 and zip. */
function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = (rest >>> 8) ^ CRC_TABLE[(rest ^ byte) & 0xff]!;
  return ~rest >>> 0;
}
