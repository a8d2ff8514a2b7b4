import type { Bytes } from '../bytes.ts';

/** What was read is not what a `Packer` writes. */
export class Unreadable extends Error {}

/** Longer than any text of a record. */
const MOST_TEXT = 4_096;

/**
 * Writes values one after the other, in as few bytes as they need: numbers by LEB128, seven bits a byte; those that may
 * be negative by the zigzag of Protocol Buffers.
 */
export class Packer {
  private bytes = new Uint8Array(1_024);
  private length = 0;

  byte(value: number): void {
    this.raw(Uint8Array.of(value));
  }

  raw(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.bytes.length) {
      const larger = new Uint8Array(2 * (this.length + bytes.length));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** @param value - not below 0 */
  count(value: number | bigint): void {
    for (let rest = BigInt(value); ; rest >>= 7n) {
      const low = Number(rest & 0x7fn);
      if (rest < 0x80n) return this.byte(low);
      this.byte(low | 0x80);
    }
  }

  /** The difference of two whole numbers, however far they are apart. */
  difference(value: number, before: number): void {
    const difference = BigInt(value) - BigInt(before);
    this.count(difference < 0n ? -2n * difference - 1n : 2n * difference);
  }

  /** A text as UTF-8, or, where half a character would be lost (a text that was cut to its length), as UTF-16. */
  text(text: string): void {
    const utf8 = new TextEncoder().encode(text);
    const whole = new TextDecoder('utf-8', { ignoreBOM: true }).decode(utf8) === text;
    this.count(2 * (whole ? utf8.length : text.length) + (whole ? 0 : 1));
    if (whole) this.raw(utf8);
    else for (let i = 0; i < text.length; i += 1) this.count(text.charCodeAt(i));
  }

  done(): Bytes {
    return this.bytes.slice(0, this.length);
  }
}

/** Reads what a `Packer` has written. Every method throws {@link Unreadable} where it is not. */
export class Unpacker {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  byte(): number {
    return this.raw(1)[0]!;
  }

  raw(length: number): Uint8Array {
    const end = this.at + length;
    if (end > this.bytes.length) throw new Unreadable('too short');
    const part = this.bytes.subarray(this.at, end);
    this.at = end;
    return part;
  }

  /** @param most - what would be more can't be right */
  count(most = Number.MAX_SAFE_INTEGER): number {
    const value = Number(this.big());
    if (value > most) throw new Unreadable('too many');
    return value;
  }

  difference(before: number): number {
    const zigzag = this.big();
    const value = Number(BigInt(before) + (zigzag & 1n ? -((zigzag + 1n) >> 1n) : zigzag >> 1n));
    if (!Number.isSafeInteger(value)) throw new Unreadable('too large');
    return value;
  }

  text(): string {
    const header = this.count(2 * MOST_TEXT + 1);
    const length = header >> 1;
    if (header & 1) return String.fromCharCode(...Array.from({ length }, () => this.count(0xffff)));
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.raw(length));
    } catch {
      throw new Unreadable('no text');
    }
  }

  /** How many bytes are left: nothing can have more parts than that. */
  get left(): number {
    return this.bytes.length - this.at;
  }

  end(): void {
    if (this.left > 0) throw new Unreadable('too long');
  }

  private big(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 63n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Unreadable('a number without an end');
  }
}
