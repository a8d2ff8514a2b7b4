import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedSite, type Site } from '../bench/seed.ts';
import { enterPin, pairTablet, scanTyped, takeDoor } from './door-site.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';
import { startUnreliableProxy, type UnreliableProxy } from './unreliable-proxy.ts';

let site: Site;
let server: RunningServer;
let proxy: UnreliableProxy;
let browser: Browser;
let url: string;

beforeAll(async () => {
  site = await seedSite([10]);
  const port = await freePort();
  url = `http://localhost:${port}`;
  server = await startServer({ EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'silent', ORIGIN: url });
  proxy = await startUnreliableProxy(port, () => new URL(server.url));
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await proxy?.close();
  await server?.stop();
  await site?.close();
});

test('a new version that comes while scans wait is taken at a tap, and every scan is still there and gets in', async () => {
  const [event] = site.events;
  const page = await browser.newPage({ locale: 'de-DE' });
  await pairTablet(page, url, await site.pairingCode(event!));
  await takeDoor(page);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));

  proxy.mood = '500';
  for (const text of event!.ticketTexts.slice(0, 3)) {
    expect(await scanTyped(page, text)).toBe('admitted');
    await page.locator('[data-verdict]').click();
  }
  await page.getByTestId('waiting').filter({ hasText: /^3 / }).waitFor();
  proxy.updated = true;
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  const tap = page.getByTestId('update');
  await tap.waitFor({ timeout: 30_000 });
  expect(await page.getByTestId('enter-pin').count()).toBe(0);

  await tap.click();
  await enterPin(page);
  await page.getByTestId('waiting').filter({ hasText: /^3 / }).waitFor();
  expect(await scanTyped(page, event!.ticketTexts[0]!)).toBe('already_inside');
  await page.locator('[data-verdict]').click();
  proxy.mood = 'well';
  await page.getByTestId('waiting').filter({ hasText: /^0 / }).waitFor({ timeout: 90_000 });
});
