import { expect, test } from 'vitest';
import { diskFull } from './fault-kinds.ts';
import { mountSmallDisk } from './full-disk.ts';
import { run } from './run.ts';
import { sqliteStore } from './stores.ts';
import { brokenPromises } from './table.ts';

test('a server with a full disk refuses honestly, stays, and goes on when there is space again', async () => {
  const disk = mountSmallDisk(48);
  if (!disk) {
    console.log('A FULL DISK WAS NOT TRIED: this machine does not let a small one be mounted.');
    return;
  }
  try {
    const store = sqliteStore(disk.folder);
    const limits = { duration: 60_000, faults: 1, lull: 1_000, waitsForMails: false };
    const result = await run({ ...limits, fault: diskFull, store, disk, processes: 1, seed: 6 });
    expect(brokenPromises(result)).toEqual([]);
    expect(result.honest).toBeGreaterThan(0);
  } finally {
    disk.unmount();
  }
});
