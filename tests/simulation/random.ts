/** A stream of chance that is the same for the same seed (sfc32, seeded by a hash of its name). */
export class Chance {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;

  /** @param name - what the stream is for; streams of different names know nothing of each other */
  constructor(seed: number, name: string) {
    let hash = 0x811c9dc5 ^ seed;
    for (const char of `${name} ${seed}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
    this.a = hash;
    this.b = Math.imul(hash, 0x9e3779b1) ^ seed;
    this.c = 0x2545f491;
    for (let i = 0; i < 12; i++) this.bits();
  }

  /** 32 bits. */
  bits(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + sum) | 0;
    return sum >>> 0;
  }

  /** 0 to below 1. */
  next(): number {
    return this.bits() / 2 ** 32;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** @param probability - 0 to 1 */
  happens(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new Error('nothing to pick from');
    return items[this.between(0, items.length - 1)]!;
  }

  /** Picks one by its weight. */
  weighed<Name extends string>(weights: Record<Name, number>): Name {
    const entries = Object.entries(weights) as [Name, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) if ((left -= weight) < 0) return name;
    return entries.at(-1)![0];
  }

  fill(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.bits() >>> 24;
  }
}
