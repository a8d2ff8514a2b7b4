import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockCount, FountainSink, FountainSource, MAX_BLOCKS } from '../../src/lib/domain/fountain.ts';

/** A message of random bytes that is the same in every run. */
function messageOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.imul(i + 7, 0x9e3779b1) >>> 24);
}

/** Shows blocks in this order until the message is there. @returns it, and how many blocks told something */
function receive(source: FountainSource, numbers: Iterable<number>) {
  const sink = FountainSink.for(source.header)!;
  let shown = 0;
  for (const number of numbers) {
    if (sink.complete) break;
    sink.add(number, source.block(number));
    shown += 1;
  }
  return { message: sink.message(), shown };
}

function* from(number: number): Generator<number> {
  for (let i = number; ; i += 1) yield i;
}

describe('a fountain', () => {
  test('gives the message back from any blocks that are enough, in any order, whichever were lost', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
        fc.integer({ min: 1, max: 120 }),
        fc.infiniteStream(fc.nat(0xffffffff)),
        (message, blockSize, numbers) => {
          const source = new FountainSource(message, blockSize);
          expect(receive(source, numbers).message).toEqual(message);
        },
      ),
    );
  });

  test('needs no block more than the message has when none is lost', () => {
    const source = new FountainSource(messageOf(10_000), 50);
    expect(receive(source, from(0))).toEqual({ message: messageOf(10_000), shown: 200 });
  });

  test('needs about two blocks more when it is all sums', () => {
    for (const count of [1, 2, 30, 200]) {
      const source = new FountainSource(messageOf(count * 8), 8);
      let shown = 0;
      for (let run = 1; run <= 50; run += 1) shown += receive(source, from(run * 100_003)).shown;
      expect(shown / 50 - count).toBeLessThan(2.2);
    }
  });

  test('gets 2,000 blocks back within seconds', () => {
    const source = new FountainSource(messageOf(2_000 * 64), 64);
    const begun = performance.now();
    expect(receive(source, from(70_000)).message).toEqual(messageOf(2_000 * 64));
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test('notices a message that came together wrong', () => {
    const source = new FountainSource(messageOf(1_000), 100);
    const sink = FountainSink.for(source.header)!;
    for (let i = 0; i < 10; i += 1) {
      const block = source.block(i);
      if (i === 4) block[17]! ^= 1;
      sink.add(i, block);
    }
    expect(sink.message()).toBe('damaged');
  });

  test('counts a block once, and none of another size', () => {
    const source = new FountainSource(messageOf(1_000), 100);
    const sink = FountainSink.for(source.header)!;
    expect([sink.add(3, source.block(3)), sink.add(3, source.block(3))]).toEqual([true, false]);
    expect(sink.add(4, source.block(4).subarray(1))).toBe(false);
    expect([sink.have, sink.needed, sink.message()]).toEqual([1, 10, null]);
  });

  test.each([
    ['no message', { length: 0, blockSize: 100 }],
    ['a negative length', { length: -5, blockSize: 100 }],
    ['a length that is no number', { length: Number.NaN, blockSize: 100 }],
    ['no block', { length: 100, blockSize: 0 }],
    ['a block that no code holds', { length: 100, blockSize: 100_000 }],
    ['more blocks than anybody will wait for', { length: MAX_BLOCKS * 100 + 1, blockSize: 100 }],
    ['more than there is memory', { length: 2 ** 40, blockSize: 2_953 }],
  ])('refuses a header that promises %s', (_, header) => {
    expect(blockCount(header)).toBeNull();
    expect(FountainSink.for({ ...header, checksum: 0 })).toBeNull();
  });
});
