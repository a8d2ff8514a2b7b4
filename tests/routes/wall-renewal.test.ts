import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MINUTE, SECOND } from '../../src/lib/domain/time.ts';
import { Renewal } from '../../src/routes/office/[event]/wall/renewal.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }));
afterEach(() => void vi.useRealTimers());

/** A wall whose server answers as it is told, and which can reload itself. */
function wall(last = 0) {
  const server = { answers: true };
  const reloads: number[] = [];
  const memory = { last };
  const renewal = new Renewal({
    answers: () => Promise.resolve(server.answers),
    reload: () => reloads.push(Date.now()),
    last: { read: () => memory.last, write: (time) => (memory.last = time) },
    now: () => Date.now(),
  });
  return { renewal, server, reloads, memory };
}

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

test('a page that is older than its server reloads at once, and once, however often that is noticed', async () => {
  const { renewal, reloads, memory } = wall();
  renewal.due();
  renewal.due();
  await pass(0);
  renewal.due();
  await pass(10 * MINUTE);
  expect(reloads).toHaveLength(1);
  expect(memory.last).toBe(reloads[0]);
});

test('it waits for as long as the server does not answer, and reloads when it does', async () => {
  const { renewal, reloads, server } = wall();
  server.answers = false;
  renewal.due();
  await pass(30 * MINUTE);
  expect(reloads).toEqual([]);
  server.answers = true;
  await pass(5 * SECOND);
  expect(reloads).toHaveLength(1);
});

test('where a reload has not helped, the next one waits for a minute', async () => {
  const { renewal, reloads } = wall(1_700_000_000_000 - 20 * SECOND);
  renewal.due();
  await pass(39 * SECOND);
  expect(reloads).toEqual([]);
  await pass(SECOND);
  expect(reloads).toHaveLength(1);
});

test('a clock that was set back does not keep it from reloading for longer than that', async () => {
  const { renewal, reloads } = wall(1_700_000_000_000 + 60 * MINUTE);
  renewal.due();
  await pass(MINUTE);
  expect(reloads).toHaveLength(1);
});

test('it leaves nothing behind when the page goes', async () => {
  const { renewal, reloads, server } = wall();
  server.answers = false;
  renewal.due();
  await pass(MINUTE);
  renewal.stop();
  expect(vi.getTimerCount()).toBe(0);
  renewal.due();
  server.answers = true;
  await pass(10 * MINUTE);
  expect(reloads).toEqual([]);
});
