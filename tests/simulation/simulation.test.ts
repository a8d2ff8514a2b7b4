import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { runDays, tellFailure, type Day } from './run.ts';

/** Far more than it takes, in milliseconds: the machine may have other things to do. */
const TIME = 180_000;

async function daysOf(run: Parameters<typeof runDays>[0]): Promise<Day[]> {
  const days: Day[] = [];
  await runDays(run, (day) => void days.push(day));
  return days;
}

test(
  'a hundred event days break no law',
  async () => {
    const [odd, even] = await Promise.all([
      daysOf({ first: 1, count: 50, step: 2 }),
      daysOf({ first: 2, count: 50, step: 2 }),
    ]);
    const days = [...odd, ...even];
    const failed = days.filter(({ violations }) => violations.length > 0);
    expect(failed.map((day) => tellFailure(day))).toEqual([]);
    expect(days).toHaveLength(100);
    expect(days.reduce((sum, { scans }) => sum + scans, 0)).toBeGreaterThan(500);
  },
  TIME,
);

test(
  'the same seed goes the same way again, after other days and in another process',
  async () => {
    const [alone, again, twice] = await Promise.all([
      daysOf({ first: 7, count: 1 }),
      daysOf({ first: 4, count: 4 }),
      daysOf({ first: 7, count: 2, step: 0 }),
    ]);
    const hashes = [alone.at(-1), again.at(-1), ...twice].map((day) => [day?.seed, day?.hash]);
    expect(new Set(hashes.map(String)).size).toBe(1);
    expect(hashes).toHaveLength(4);
    expect(again[0]!.hash).not.toBe(alone[0]!.hash);
  },
  TIME,
);

test.each(MUTANTS)('the fault "$name" still has its place in $file', ({ file, from }) => {
  const source = readFileSync(`src/${file}`, 'utf8');
  expect(source.split(from)).toHaveLength(2);
});

test(
  'faults are found',
  async () => {
    const found = await Promise.all(
      ['unacknowledged', 'order-by-arrival'].map(async (mutant) => {
        expect(MUTANTS.map(({ name }) => name)).toContain(mutant);
        return (await daysOf({ first: 1, count: 100, mutant })).at(-1)!.violations.length;
      }),
    );
    expect(found).not.toContain(0);
  },
  TIME,
);
