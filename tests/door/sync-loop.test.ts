import { expect, test } from 'vitest';
import { SyncLoop, type SyncState } from '../../src/lib/door/sync-loop.ts';
import type { SyncResult } from '../../src/lib/door/sync.ts';

test('a tablet that the office has locked syncs once more at once, so that the server learns of it', async () => {
  const results: SyncResult[] = [{ kind: 'lock' }, { kind: 'done' }];
  const states: SyncState[] = [];
  let waiting = 0;
  const loop = new SyncLoop({
    sync: () => Promise.resolve(results.shift()!),
    onState: (state) => states.push(state),
    schedule: () => {
      waiting += 1;
      return () => undefined;
    },
    random: () => 0,
  });
  loop.start();
  await new Promise((resolve) => setImmediate(resolve));
  expect(states).toEqual(['syncing', 'resting', 'syncing', 'resting']);
  expect(waiting).toBe(1);
  loop.stop();
});
