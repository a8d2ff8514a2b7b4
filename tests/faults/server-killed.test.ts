import { expect, test } from 'vitest';
import { serverKilled } from './fault-kinds.ts';
import { openPostgres } from './postgres-store.ts';
import { run } from './run.ts';
import { sqliteStore, type Store } from './stores.ts';
import { brokenPromises } from './table.ts';

const short = { duration: 60_000, faults: 3, lull: 700, waitsForMails: false };

async function killThreeTimes(store: Store, processes: number): Promise<void> {
  try {
    const result = await run({ ...short, fault: serverKilled, store, processes, seed: 6 });
    expect(brokenPromises(result)).toEqual([]);
    expect(result.faults).toBe(3);
    expect(result.counts.every(({ acknowledged }) => acknowledged > 0)).toBe(true);
  } finally {
    await store.close();
  }
}

test('a server that is killed three times under load has lost and doubled nothing', () =>
  killThreeTimes(sqliteStore(), 1));

test('nor have two on one PostgreSQL', async () => killThreeTimes(await openPostgres(), 2));
