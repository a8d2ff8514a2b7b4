import { startServer, type RunningServer } from '../e2e/support.ts';
import { processorTime } from './processes.ts';
import { rawInserts } from './raw-inserts.ts';
import type { Row } from './report.ts';
import { seedSite, type Site } from './seed.ts';
import { run } from './server.ts';
import { SimulatedTablet } from './simulated-tablet.ts';
import { onBothStores, type BenchStore } from './stores.ts';

const TABLETS = 8;
const GUESTS = 1_000;
const BATCHES = [1, 100];
/** Until the runtime has compiled what is measured, in milliseconds. */
const WARM_UP = 2_000;

/**
 * How many scans are durably stored in a second, over HTTP, beside what the driver alone stores of the same rows.
 * Server, PostgreSQL and tablets share this machine; the raw inserts have it for themselves.
 *
 * @param duration - of each figure, in milliseconds
 */
export function benchStore(duration: number): Promise<Row[]> {
  return onBothStores(async (store) => {
    const rows: Row[] = [];
    for (const processes of store.name === 'PostgreSQL' ? [1, 2] : [1])
      rows.push(...(await benchProcesses(store, processes, duration)));
    return rows;
  });
}

async function benchProcesses(store: BenchStore, processes: number, duration: number): Promise<Row[]> {
  const site = await seedSite(Array<number>(TABLETS).fill(GUESTS), await store.create());
  const servers: RunningServer[] = [];
  try {
    for (let i = 0; i < processes; i += 1)
      servers.push(await startServer({ ...site.environment, EINLASS_LOG_LEVEL: 'silent' }));
    const tablets = await Promise.all(
      site.events.map((event, i) => SimulatedTablet.pair(site, event, servers[i % processes]!.url)),
    );
    await Promise.all(tablets.map((tablet) => tablet.catchUp()));
    const how = `${store.name}, ${processes} process${processes > 1 ? 'es' : ''}`;
    const rows: Row[] = [];
    for (const batch of BATCHES)
      rows.push(...(await benchBatch({ site, servers, tablets, how }, batch, duration)));
    for (const tablet of tablets) tablet.close();
    return rows;
  } finally {
    for (const server of servers) await server.stop();
    await site.close();
  }
}

interface Setup {
  site: Site;
  servers: RunningServer[];
  tablets: SimulatedTablet[];
  how: string;
}

async function benchBatch(
  { site, servers, tablets, how }: Setup,
  batch: number,
  duration: number,
): Promise<Row[]> {
  await run(tablets, batch, WARM_UP);
  // Before and after, because a disk that others use too is not equally fast all the time.
  const before = await rawInserts(site, batch, TABLETS, duration / 2);
  const used = processorTimes(servers);
  const start = performance.now();
  const rate = await run(tablets, batch, duration);
  const scans = (rate * (performance.now() - start)) / 1_000;
  const spent = processorTimes(servers) - used;
  const after = await rawInserts(site, batch, TABLETS, duration / 2);
  const raw = (before.rate + after.rate) / 2;
  const name = `scans stored for good, batches of ${batch}, ${TABLETS} tablets, ${how}`;
  const ratio: Row = {
    part: 'store',
    name: `${name}: share of the raw inserts’ rate`,
    figure: rate / raw,
    unit: '×',
  };
  if (batch === 100) ratio.aim = 0.5;
  const rows: Row[] = [
    ratio,
    {
      part: 'store',
      name,
      figure: rate,
      unit: '/s',
      beside: { what: 'raw inserts of the same rows', figure: raw },
    },
  ];
  if (!Number.isNaN(spent))
    rows.push({
      part: 'store',
      name: `${name}: the processes’ processor time for one`,
      figure: (spent * 1_000) / scans,
      unit: 'µs',
      beside: { what: 'of the process that inserts raw', figure: (before.processor + after.processor) / 2 },
    });
  return rows;
}

/** Of all together, in milliseconds; NaN where the system does not tell. */
function processorTimes(servers: RunningServer[]): number {
  return servers.reduce((sum, { process }) => sum + (processorTime(process.pid!) ?? NaN), 0);
}
