import type { CDPSession, Page } from 'playwright-core';
import { openBrowser, startServer } from '../e2e/support.ts';
import { median, type Row } from './report.ts';
import type { Site } from './seed.ts';

const RUNS = 5;
const LANGUAGES = { German: '', Arabic: '/ar' };
/** Slow 4G as Lighthouse has it: 1.6 Mbit/s down, 750 kbit/s up, 150 ms for a round trip. */
const SLOW_4G = { offline: false, downloadThroughput: 200_000, uploadThroughput: 93_750, latency: 150 };
/** A cheap phone beside a desk's computer. */
const CPU = 4;

interface Opening {
  /** When the largest text stands there, in milliseconds from the start of the navigation. */
  readable: number;
  /** When the form can be filled in: all of it is there and has its styles. */
  usable: number;
}

/** How soon somebody on a slow phone reads the registration form, and can fill it in. Nothing is cached. */
export async function benchForm(site: Site): Promise<Row[]> {
  const server = await startServer({ EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'silent' });
  const browser = await openBrowser();
  try {
    const rows: Row[] = [];
    for (const [language, prefix] of Object.entries(LANGUAGES)) {
      const openings: Opening[] = [];
      for (let i = 0; i < RUNS; i += 1) {
        const context = await browser.newContext({
          viewport: { width: 390, height: 844 },
          deviceScaleFactor: 2,
        });
        const page = await context.newPage();
        await throttle(await context.newCDPSession(page));
        openings.push(await open(page, `${server.url}${prefix}/integration/register`));
        await context.close();
      }
      const name = `the registration form in ${language} on slow 4G, CPU throttled ${CPU}×, median of ${RUNS}`;
      rows.push(
        {
          part: 'form',
          name: `${name}: readable`,
          figure: median(openings.map(({ readable }) => readable)),
          unit: 'ms',
          aim: 1_500,
        },
        {
          part: 'form',
          name: `${name}: usable`,
          figure: median(openings.map(({ usable }) => usable)),
          unit: 'ms',
          aim: 2_000,
        },
      );
    }
    return rows;
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function throttle(cdp: CDPSession): Promise<void> {
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', SLOW_4G);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: CPU });
}

async function open(page: Page, url: string): Promise<Opening> {
  await page.goto(url, { waitUntil: 'load' });
  return page.evaluate(async () => {
    const largest = await new Promise<number>((resolve) => {
      new PerformanceObserver((list) => resolve(list.getEntries().at(-1)!.startTime)).observe({
        type: 'largest-contentful-paint',
        buffered: true,
      });
    });
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    const [first] = performance.getEntriesByName('first-contentful-paint');
    // No script has to run: once it is painted and complete, it works.
    return { readable: largest, usable: Math.max(navigation!.domInteractive, first!.startTime) };
  });
}
