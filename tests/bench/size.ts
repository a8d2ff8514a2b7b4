import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { pairTablet, takeDoor } from '../e2e/door-site.ts';
import { openBrowser, openEarlier, startServer } from '../e2e/support.ts';
import type { Row } from './report.ts';
import type { Site } from './seed.ts';

/** What the nearest peer's scan page loads, gzipped, in kB. */
const PEER_SCAN_PAGE = 234;

/** How long after the last step something may still begin to load, in milliseconds. */
const SETTLED = 1_000;

interface Loaded {
  path: string;
  type: string;
  /** Gzipped, where that makes it smaller. */
  kB: number;
}

/** How much a phone and a tablet load, by the browser's network log. */
export async function benchSize(site: Site): Promise<Row[]> {
  const server = await startServer({ EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'silent' });
  const browser = await openBrowser();
  try {
    const phone = await browser.newContext({ locale: 'de-DE', viewport: { width: 390, height: 844 } });
    const page = await phone.newPage();
    const registration = await loadedBy(page, async () => {
      await page.goto(`${server.url}/integration`);
      await page.locator('a[href$="/register"]').first().click();
      await page.fill('#name', 'Ayşe Yılmaz');
      await page.fill('#email', 'ayse@example.org');
      await page.check('#workgroup-w5');
      await page.check('#consent');
      await openEarlier(page, server);
      await page.locator('main form button').click();
      await page.waitForURL(/\/ticket\//);
    });
    await phone.close();

    const tablet = await browser.newContext({ locale: 'de-DE', serviceWorkers: 'block' });
    const door = await tablet.newPage();
    const shell = await loadedBy(door, async () => {
      await pairTablet(door, server.url, await site.pairingCode(site.events[0]!));
      await takeDoor(door);
    });
    await tablet.close();
    const isScript = ({ type }: Loaded) => type === 'script';
    const isShell = ({ path, type }: Loaded) =>
      ['document', 'stylesheet', 'script'].includes(type) && !/decoder|\.wasm$/.test(path);
    return [
      {
        part: 'size',
        name: 'JavaScript for registering, gzipped',
        figure: sum(registration.filter(isScript)),
        unit: 'kB',
        aim: 40,
      },
      { part: 'size', name: 'all that registering loads, gzipped', figure: sum(registration), unit: 'kB' },
      {
        part: 'size',
        name: "the door's page, styles and scripts without the decoder, gzipped",
        figure: sum(shell.filter(isShell)),
        unit: 'kB',
        aim: 120,
        beside: { what: "the nearest peer's scan page", figure: PEER_SCAN_PAGE },
      },
      {
        part: 'size',
        name: "the door's fonts and pictures",
        figure: sum(shell.filter(({ type }) => ['font', 'image', 'other'].includes(type))),
        unit: 'kB',
      },
    ];
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** What a page loads during some work, each address once; not the data that it fetches. */
async function loadedBy(page: Page, work: () => Promise<void>): Promise<Loaded[]> {
  const loaded = new Map<string, Promise<Loaded | null>>();
  page.on('response', (response) => {
    const type = response.request().resourceType();
    if (type === 'fetch') return;
    const path = new URL(response.url()).pathname;
    loaded.set(
      `${response.request().method()} ${path}`,
      response.body().then(
        (body) => ({
          path,
          type,
          kB: Math.min(body.length, gzipSync(body).length) / 1_000,
        }),
        // A redirect has no body.
        () => null,
      ),
    );
  });
  await work();
  await page.waitForTimeout(SETTLED);
  return (await Promise.all(loaded.values())).filter((file) => file !== null);
}

function sum(files: Loaded[]): number {
  return files.reduce((total, { kB }) => total + kB, 0);
}
