import { MINUTE, SECOND } from '../../src/lib/domain/time.ts';
import { startServer } from '../e2e/support.ts';
import { scanAll } from './door.ts';
import { percentiles, type Row } from './report.ts';
import type { Site } from './seed.ts';
import { pairByForm, startTablet, takeDoor, type BenchTablet } from './tablet.ts';

/** How many guests a busy door lets in within a minute. */
const SCANS_PER_MINUTE = 30;
/** How much the tablet's memory may grow within the whole run, in kB: what the scans themselves are, and some slack. */
const GROWTH_PER_SCAN = 8;

/**
 * A long evening at a busy door: whether verdicts get slower, and whether memory grows.
 *
 * @param minutes - how long it runs; the first and the last minute are compared
 */
export async function benchSoak(site: Site, minutes: number): Promise<Row[]> {
  const [event] = site.events;
  const server = await startServer({ EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'silent' });
  const tablet = await startTablet();
  try {
    await pairByForm(tablet, server.url, await site.pairingCode(event!));
    await takeDoor(tablet);
    const texts = [...event!.ticketTexts];
    // The first scans compile what the later ones only run.
    await scanAll(tablet, texts.splice(0, SCANS_PER_MINUTE), SECOND / 10);
    const before = await heapSize(tablet);
    const perMinute: number[][] = [];
    for (let minute = 0; minute < minutes; minute++) {
      perMinute.push(await oneMinute(tablet, texts.splice(0, SCANS_PER_MINUTE)));
    }
    const grown = (await heapSize(tablet)) - before;
    const scans = perMinute.flat().length;
    const [first, last] = [percentiles(perMinute[0]!), percentiles(perMinute.at(-1)!)];
    const run = `${minutes} min at ${SCANS_PER_MINUTE} scans a minute`;
    return [
      ...(['p50', 'p95'] as const).map((percentile): Row => ({
        part: 'soak',
        name: `text → durable verdict, last of ${run}, ${percentile}`,
        figure: last[percentile],
        unit: 'ms',
        beside: { what: 'in the first minute', figure: first[percentile] },
      })),
      {
        part: 'soak',
        name: `memory grown in ${run}, for each scan`,
        figure: grown / 1_000 / scans,
        unit: 'kB',
        aim: GROWTH_PER_SCAN,
        beside: { what: 'held in all at the start', figure: before / 1_000 },
      },
    ];
  } finally {
    await tablet.close();
    await server.stop();
  }
}

/** Scans at an even pace. */
async function oneMinute(tablet: BenchTablet, texts: string[]): Promise<number[]> {
  const times: number[] = [];
  const start = performance.now();
  for (const [i, text] of texts.entries()) {
    const due = start + (i * MINUTE) / texts.length;
    await waitUntil(due);
    times.push(...(await scanAll(tablet, [text])));
  }
  await waitUntil(start + MINUTE);
  return times;
}

/** @param moment - by this process's own clock, in milliseconds; one that has passed is not waited for */
function waitUntil(moment: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, moment - performance.now())));
}

/** What the page's JavaScript really holds, in bytes. */
async function heapSize({ cdp }: BenchTablet): Promise<number> {
  // Twice: what the first round finalises, the second frees.
  for (let round = 0; round < 2; round++) await cdp.send('HeapProfiler.collectGarbage');
  return (await cdp.send('Runtime.getHeapUsage')).usedSize;
}
