import os from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { SECOND } from '../../src/lib/domain/time.ts';
import { openBrowser } from '../e2e/support.ts';
import { benchDoor } from './door.ts';
import { benchFeed } from './feed.ts';
import { benchStart } from './start.ts';
import { benchFanout, FANOUT_EVENTS } from './fanout.ts';
import { benchForm } from './form.ts';
import { benchLive, liveGuests } from './live.ts';
import { benchImport } from './import.ts';
import { benchPictures } from './pictures.ts';
import { benchPlaces } from './places.ts';
import { benchRegistrations } from './registrations.ts';
import { writeReadme } from './readme.ts';
import { printTable, type Row } from './report.ts';
import { writeResults } from './results.ts';
import { postgresVersion } from './stores.ts';
import { benchScanner } from './scanner.ts';
import { seedSite, type Site } from './seed.ts';
import { benchSearch } from './search.ts';
import { benchServer } from './server.ts';
import { benchSize } from './size.ts';
import { benchSoak } from './soak.ts';
import { benchStore } from './store.ts';
import { benchSync } from './sync.ts';

const SMALL = 1_000;
const LARGE = 50_000;
const HUGE = 100_000;

/**
 * `--images DIR`, as often as there are folders with photographs for the scanner to read; `--minutes N`, how long the
 * door is soaked in scans, and how long the live pages are open; `--quick`: figures too short to be quoted, kept apart;
 * `--readme` measures nothing, and writes the README's table from the last results.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: 'string', multiple: true, default: [] },
    minutes: { type: 'string', default: '10' },
    quick: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
  },
});

if (values.readme) {
  try {
    await writeReadme();
  } catch (error) {
    console.error(`The README’s table could not be written: ${(error as Error).message}`);
    process.exit(1);
  }
  process.exit(0);
}

const minutes = Number(values.minutes);
if (!Number.isInteger(minutes) || minutes < 1 || minutes > 30) {
  console.error('--minutes takes a whole number from 1 to 30.');
  process.exit(1);
}

const parts: Record<string, () => Promise<Row[]>> = {
  door: async () => [
    ...(await withSite([SMALL], benchDoor)), //
    ...(await withSite([LARGE], benchDoor)),
  ],
  sync: () => withSite([LARGE], benchSync),
  // One event for each simulated tablet.
  server: () => withSite(Array<number>(8).fill(SMALL), benchServer),
  search: () => withSite([LARGE], benchSearch),
  registrations: () => withSite([LARGE], benchRegistrations),
  import: () => withSite([10], benchImport),
  places: () => withSite([5_000, LARGE], benchPlaces),
  size: () => withSite([10], benchSize),
  store: () => benchStore(values.quick ? SECOND : 4 * SECOND),
  fanout: () =>
    withSite(Array<number>(FANOUT_EVENTS).fill(100), async (site) => {
      const rows: Row[] = [];
      for (const streams of values.quick ? [1_000] : [1_000, 10_000])
        rows.push(
          ...(await benchFanout(site, {
            streams,
            scans: values.quick ? 2 : 8,
            pace: values.quick ? SECOND : 4 * SECOND,
          })),
        );
      return rows;
    }),
  feed: () => benchFeed(values.quick ? 10_000 : HUGE),
  start: () => benchStart(values.quick ? 10_000 : HUGE, values.quick ? 1 : 5),
  form: () => withSite([10], benchForm),
  scanner: () => benchScanner(values.images),
  pictures: () => benchPictures(),
  soak: () => withSite([SMALL], (site) => benchSoak(site, minutes)),
  live: () => withSite([liveGuests(minutes)], (site) => benchLive(site, minutes)),
};
/** So long that nobody wants to wait for it unasked. */
const ONLY_WHEN_NAMED = new Set(['live']);

async function withSite(rosters: number[], work: (site: Site) => Promise<Row[]>): Promise<Row[]> {
  const site = await seedSite(rosters);
  try {
    return await work(site);
  } finally {
    await site.close();
  }
}

const chosen =
  positionals.length > 0 ? positionals : Object.keys(parts).filter((name) => !ONLY_WHEN_NAMED.has(name));
const unknown = chosen.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Parts: ${Object.keys(parts).join(', ')}.`);
  process.exit(1);
}

/** How many processes wanted a processor in the last minute; more than a few tell that others were at work. */
const load = () => os.loadavg()[0]!;
const loadBefore = load();
if (loadBefore > 1) console.log(`The machine is busy with other work (load ${loadBefore.toFixed(1)}).`);

const rows: Row[] = [];
for (const name of chosen) {
  const start = performance.now();
  rows.push(...(await parts[name]!()));
  console.log(`${name} measured (${((performance.now() - start) / 1_000).toFixed(1)} s)`);
}
const browser = await openBrowser();
const chromium = browser.version();
await browser.close();
printTable(rows);
const postgresql = postgresVersion();
writeResults(
  rows,
  { chromium, sqlite: process.versions.sqlite ?? '', ...(postgresql && { postgresql }) },
  { loadBefore, quick: values.quick },
);
