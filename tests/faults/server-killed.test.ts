import { expect, test } from 'vitest';
import { serverKilled } from './fault-kinds.ts';
import { run } from './run.ts';
import { sqliteStore } from './stores.ts';
import { brokenPromises } from './table.ts';

const short = { duration: 60_000, faults: 3, lull: 1_000, waitsForMails: false };

test('a server that is killed three times under load has lost and doubled nothing', async () => {
  const store = sqliteStore();
  try {
    const result = await run({ ...short, fault: serverKilled, store, processes: 1, seed: 6 });
    expect(brokenPromises(result)).toEqual([]);
    expect(result.faults).toBe(3);
    expect(result.counts.every(({ acknowledged }) => acknowledged > 0)).toBe(true);
  } finally {
    await store.close();
  }
});
