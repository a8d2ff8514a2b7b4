import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium, type BrowserContext, type CDPSession, type Page } from 'playwright-core';
import { PIN } from '../e2e/door-site.ts';
import { BROWSER_ARGUMENTS, browserPath } from '../e2e/support.ts';

/** How much slower than this machine a tablet is taken to be, where a row says "throttled". */
export const THROTTLE = 4;

/** A browser whose profile is on disk, because a private window keeps its database in memory. */
export interface BenchTablet {
  page: Page;
  cdp: CDPSession;
  context: BrowserContext;
  /** Ends the browser and starts it again on the same profile. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startTablet(): Promise<BenchTablet> {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'einlass-bench-tablet-'));
  const open = async () => {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: browserPath(),
      // The camera runs while the door is open, and looks at a test picture without a code.
      args: [...BROWSER_ARGUMENTS, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
      viewport: { width: 1024, height: 768 },
      locale: 'de-DE',
    });
    const page = context.pages()[0] ?? (await context.newPage());
    return { context, page, cdp: await context.newCDPSession(page) };
  };
  const tablet: BenchTablet = {
    ...(await open()),
    async restart() {
      await tablet.context.close();
      Object.assign(tablet, await open());
    },
    async close() {
      await tablet.context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
  return tablet;
}

/** @returns how much slower the page's main thread has really become */
export async function throttle({ page, cdp }: BenchTablet, rate: number): Promise<number> {
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  const before = await busyTime(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate });
  return (await busyTime(page)) / before;
}

function busyTime(page: Page): Promise<number> {
  return page.evaluate(() => {
    const times = [1, 2, 3].map(() => {
      const start = performance.now();
      let sum = 0;
      for (let i = 0; i < 2e7; i++) sum = (sum * 31 + i) | 0;
      return performance.now() - start + (sum === 1 ? 1 : 0);
    });
    return Math.min(...times);
  });
}

/**
 * Pairs by the form, chooses a PIN, and waits until the whole roster is on the tablet.
 *
 * @returns from the PIN's sending to the choice of a door, in milliseconds
 */
export async function pairByForm({ page }: BenchTablet, url: string, code: string): Promise<number> {
  await page.goto(`${url}/door#pair=${code}`);
  await page.fill('#name', 'Eingang links');
  await page.locator('form button').click();
  await page.fill('#pin', PIN);
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const start = performance.now();
        const observer = new MutationObserver(() => {
          if (!document.querySelector('input[type="radio"]')) return;
          observer.disconnect();
          resolve(performance.now() - start);
        });
        observer.observe(document.body, { childList: true, subtree: true });
        document.querySelector<HTMLInputElement>('#pin')!.form!.requestSubmit();
      }),
  );
}

/** Takes the first door, so that the tablet is ready to scan, and can start without network. */
export async function takeDoor({ page }: BenchTablet): Promise<void> {
  await page.getByRole('radio').first().check();
  await page.locator('form button.primary').click();
  await page.locator('#typed').waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
}
