import { expect, test } from 'vitest';
import { Coalesced } from '../../src/lib/server/coalesced.ts';

/** Work that ends when the test says so; each run gives its number. */
function heldWork() {
  const ends: (() => void)[] = [];
  const coalesced = new Coalesced(
    () => new Promise<number>((resolve) => ends.push(() => resolve(ends.length))),
  );
  return { coalesced, ends };
}

test('who asks while it is under way shares the next run, which begins after they asked', async () => {
  const { coalesced, ends } = heldWork();
  const first = coalesced.run();
  const others = [coalesced.run(), coalesced.run(), coalesced.run()];
  expect(ends).toHaveLength(1);
  ends[0]!();
  expect(await first).toBe(1);
  expect(ends).toHaveLength(2);
  ends[1]!();
  expect(await Promise.all(others)).toEqual([2, 2, 2]);
});

test('who asks afterwards gets a run of their own', async () => {
  const { coalesced, ends } = heldWork();
  for (const number of [1, 2]) {
    const run = coalesced.run();
    ends[number - 1]!();
    expect(await run).toBe(number);
  }
});

test('a run that fails fails for those who share it, and not for the next', async () => {
  let runs = 0;
  const coalesced = new Coalesced(() => {
    runs += 1;
    return runs < 3 ? Promise.reject(new Error(`run ${runs}`)) : Promise.resolve(runs);
  });
  const [first, second, third] = await Promise.allSettled([
    coalesced.run(),
    coalesced.run(),
    coalesced.run(),
  ]);
  expect([first.status, second.status, third.status]).toEqual(['rejected', 'rejected', 'rejected']);
  expect(await coalesced.run()).toBe(3);
});
