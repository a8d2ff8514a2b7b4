import { expect, test } from 'vitest';
import { Batched } from '../../src/lib/server/batched.ts';

/** Doubles numbers, and keeps what it was asked together. */
function doubling() {
  const asked: number[][] = [];
  const batched = new Batched((numbers: number[]) => {
    asked.push(numbers);
    return Promise.resolve(numbers.map((number) => number * 2));
  });
  return { batched, asked };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what many ask at the same moment is one piece of work, and each gets the own answer', async () => {
  const { batched, asked } = doubling();
  expect(await Promise.all([3, 1, 3, 2].map((number) => batched.ask(number)))).toEqual([6, 2, 6, 4]);
  expect(asked).toEqual([[3, 1, 3, 2]]);
});

test('who asks while the work is under way is answered by the next, which begins after they asked', async () => {
  const begun: string[][] = [];
  const ends: (() => void)[] = [];
  const batched = new Batched(
    (words: string[]) =>
      new Promise<string[]>((resolve) => {
        begun.push(words);
        ends.push(() => resolve(words));
      }),
  );
  const first = batched.ask('first');
  await turn();
  const second = batched.ask('second');
  await turn();
  expect(begun).toEqual([['first'], ['second']]);
  for (const end of ends) end();
  expect(await Promise.all([first, second])).toEqual(['first', 'second']);
});

test('more than fit into one query are asked in several', async () => {
  const { batched, asked } = doubling();
  const numbers = Array.from({ length: 2_500 }, (_, i) => i);
  expect(await Promise.all(numbers.map((number) => batched.ask(number)))).toEqual(
    numbers.map((number) => number * 2),
  );
  expect(asked.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
});

test('work that fails fails for those who asked together, and not for the next', async () => {
  let fails = true;
  const batched = new Batched((words: string[]) =>
    fails ? Promise.reject(new Error('no database')) : Promise.resolve(words),
  );
  const outcomes = await Promise.allSettled([batched.ask('a'), batched.ask('b')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect(await batched.ask('c')).toBe('c');
});
