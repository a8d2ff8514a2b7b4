import { startServer } from '../e2e/support.ts';
import { rawInserts } from './raw-inserts.ts';
import type { Row } from './report.ts';
import type { Site } from './seed.ts';
import { SimulatedTablet } from './simulated-tablet.ts';

const TABLETS = 8;
const BATCHES = [1, 100];
const WARM_UP = 1_000;
const DURATION = 4_000;

/**
 * How many scans one server process takes for good. The tablets are simulated by this process, on the same machine, so
 * the server has not all of it.
 *
 * @param site - with as many events as there are tablets
 */
export async function benchServer(site: Site): Promise<Row[]> {
  // Before and after, because a disk that others use too is not equally fast all the time.
  const before = await rawRates(site);
  const server = await startServer({ EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'silent' });
  const rows: Row[] = [];
  try {
    const places = [
      { name: 'each at an event of its own', at: (i: number) => site.events[i]! },
      { name: 'all at one event, each also gets the others’ scans', at: () => site.events[0]! },
    ];
    for (const place of places) {
      const tablets = await Promise.all(
        Array.from({ length: TABLETS }, (_, i) => SimulatedTablet.pair(site, place.at(i), server.url)),
      );
      await Promise.all(tablets.map((tablet) => tablet.catchUp()));
      for (const batch of BATCHES) {
        await run(tablets, batch, WARM_UP);
        const row: Row = {
          part: 'server',
          name: `scans taken in batches of ${batch} from ${TABLETS} tablets, ${place.name}`,
          figure: await run(tablets, batch, DURATION),
          unit: '/s',
        };
        if (batch === 100) row.aim = 10_000;
        rows.push(row);
      }
      for (const tablet of tablets) tablet.close();
    }
  } finally {
    await server.stop();
  }
  const after = await rawRates(site);
  return rows.map((row, i) => {
    const which = i % BATCHES.length;
    return {
      ...row,
      beside: { what: 'raw inserts of the same rows', figure: (before[which]! + after[which]!) / 2 },
    };
  });
}

/** For each size of a batch. */
async function rawRates(site: Site): Promise<number[]> {
  const rates: number[] = [];
  for (const batch of BATCHES) rates.push((await rawInserts(site, batch, 1, DURATION / 2)).rate);
  return rates;
}

/** All tablets hand in, as fast as they can, for `duration` milliseconds. @returns scans per second */
export async function run(tablets: SimulatedTablet[], batch: number, duration: number): Promise<number> {
  const start = performance.now();
  const taken = await Promise.all(
    tablets.map(async (tablet) => {
      let count = 0;
      while (performance.now() - start < duration) count += await tablet.handIn(batch);
      return count;
    }),
  );
  return taken.reduce((a, b) => a + b, 0) / ((performance.now() - start) / 1_000);
}
