import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { protectCount, protectParts } from '../../src/lib/domain/small-numbers.ts';

const shown = (counts: number[]) =>
  protectParts(counts.map((count, i) => [i, count])).map(([, count]) => count);

test.each([
  [0, 'few'],
  [4, 'few'],
  [5, 5],
  [120, 120],
])('a count of %d is shown as %s', (count, as) => {
  expect(protectCount(count)).toBe(as);
});

describe('the parts of a total', () => {
  test('are shown as they are when none is small', () => {
    expect(shown([5, 7, 30])).toEqual([5, 7, 30]);
  });

  test('hold back the largest when only one is small: it would be what is missing', () => {
    expect(shown([7, 3, 30])).toEqual([7, 'few', 'held_back']);
    expect(shown([7, 0, 7])).toEqual(['held_back', 'few', 7]);
  });

  test('are shown when several small ones stand in for each other', () => {
    expect(shown([7, 1, 0, 30])).toEqual([7, 'few', 'few', 30]);
  });

  test('hold back the largest when the small ones are all as large as small ones can be', () => {
    expect(shown([7, 4, 4, 30])).toEqual([7, 'few', 'few', 'held_back']);
  });

  test('nobody who knows the total and this rule can tell what a small one is', () => {
    const vectors = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(vectors, (counts) => {
        fc.pre(Math.max(...counts) >= 5);
        const published = JSON.stringify(shown(counts));
        const total = counts.reduce((sum, count) => sum + count, 0);
        const possible = counts.map(() => new Set<number>());
        for (const other of withTotal(total, counts.length)) {
          if (JSON.stringify(shown(other)) !== published) continue;
          other.forEach((count, i) => possible[i]!.add(count));
        }
        counts.forEach((count, i) => {
          if (count > 0 && count < 5) expect(possible[i]!.size).toBeGreaterThan(1);
        });
      }),
    );
  });
});

function* withTotal(total: number, length: number): Generator<number[]> {
  if (length === 1) {
    yield [total];
    return;
  }
  for (let first = 0; first <= total; first++)
    for (const rest of withTotal(total - first, length - 1)) yield [first, ...rest];
}
