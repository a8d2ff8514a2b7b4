import { startServer } from '../e2e/support.ts';
import { median, type Row } from './report.ts';
import type { Site } from './seed.ts';
import { PIN } from '../e2e/door-site.ts';
import { pairByForm, startTablet, takeDoor, throttle, THROTTLE, type BenchTablet } from './tablet.ts';

const COLD_STARTS = 3;

/** The first sync of a tablet that knows nothing, and the door's cold start with what it brought. */
export async function benchSync(site: Site): Promise<Row[]> {
  const server = await startServer({ EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'silent' });
  try {
    const rows: Row[] = [];
    for (const rate of [1, THROTTLE]) {
      const tablet = await startTablet();
      try {
        rows.push(...(await benchTablet(tablet, site, server.url, rate)));
      } finally {
        await tablet.close();
      }
    }
    return rows;
  } finally {
    await server.stop();
  }
}

async function benchTablet(tablet: BenchTablet, site: Site, url: string, rate: number): Promise<Row[]> {
  const event = site.events[0]!;
  const roster = event.ticketTexts.length.toLocaleString('en');
  const factor = await throttleAt(tablet, url, rate);
  const how = rate === 1 ? 'no throttle' : `throttled ${factor.toFixed(1)}×`;
  const bytes = await countSyncBytes(tablet);
  const pairing = await pairByForm(tablet, url, await site.pairingCode(event));
  const wire = bytes();
  await takeDoor(tablet);

  const starts: number[] = [];
  for (let i = 0; i < COLD_STARTS; i++) {
    await tablet.restart();
    await throttleAt(tablet, url, rate);
    starts.push(await coldStart(tablet, url));
  }
  const rows: Row[] = [
    {
      part: 'sync',
      name: `PIN chosen and first sync of ${roster}, ${how}`,
      figure: pairing / 1_000,
      unit: 's',
      ...(rate > 1 && { aim: 10 }),
    },
    {
      part: 'sync',
      name: `cold start of the door with ${roster}, ${how}, median of ${COLD_STARTS}`,
      figure: median(starts) / 1_000,
      unit: 's',
    },
  ];
  if (rate === 1) {
    rows.push({
      part: 'sync',
      name: `first sync of ${roster}, answers on the wire`,
      figure: wire / 1_000,
      unit: 'kB',
    });
  }
  return rows;
}

/** Throttling holds for one process of the browser, so it begins on a page of the same site. */
async function throttleAt(tablet: BenchTablet, url: string, rate: number): Promise<number> {
  await tablet.page.goto(`${url}/door.webmanifest`);
  return throttle(tablet, rate);
}

/** @returns tells how many bytes the answers to syncs have had so far, as they came over the wire */
async function countSyncBytes({ cdp }: BenchTablet): Promise<() => number> {
  const syncs = new Set<string>();
  let bytes = 0;
  await cdp.send('Network.enable');
  cdp.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.url.endsWith('/sync')) syncs.add(requestId);
  });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (syncs.has(requestId)) bytes += encodedDataLength;
  });
  return () => bytes;
}

/**
 * From the navigation until the PIN could be typed, and from the PIN until a ticket could be shown, in milliseconds. Both
 * together; how long a person takes to type is left out.
 */
async function coldStart({ page }: BenchTablet, url: string): Promise<number> {
  await page.addInitScript(() => {
    const marks = { '#pin': 'asks-for-pin', '#typed': 'ready-to-scan' };
    const observer = new MutationObserver(() => {
      for (const [selector, mark] of Object.entries(marks)) {
        if (document.querySelector(selector) && performance.getEntriesByName(mark).length === 0)
          performance.mark(mark);
      }
    });
    observer.observe(document, { childList: true, subtree: true });
  });
  await page.goto(`${url}/door`);
  await page.fill('#pin', PIN);
  await page.evaluate(() => {
    performance.mark('pin-typed');
    document.querySelector<HTMLInputElement>('#pin')!.form!.requestSubmit();
  });
  await page.locator('#typed').waitFor();
  return page.evaluate(() => {
    const at = (mark: string) => performance.getEntriesByName(mark)[0]!.startTime;
    return at('asks-for-pin') + at('ready-to-scan') - at('pin-typed');
  });
}
