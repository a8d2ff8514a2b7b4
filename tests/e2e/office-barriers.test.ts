import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedSite, type Site } from '../bench/seed.ts';
import { ALL_RULES, barriers, cutOff, unreachableByKeyboard } from './barrier-finders.ts';
import { signUpOrganiser } from './office-site.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

/** What a machine can find of the barriers on every page that the office's menu leads to. */

let site: Site;
let server: RunningServer;
let browser: Browser;
let session: Awaited<ReturnType<Awaited<ReturnType<Browser['newContext']>>['storageState']>>;
let pages: string[];

beforeAll(async () => {
  site = await seedSite([30]);
  await site.pair(site.events[0]!, 'Haupteingang');
  const port = String(await freePort());
  server = await startServer({
    PORT: port,
    ORIGIN: `http://localhost:${port}`,
    EINLASS_DATA: site.folder,
    EINLASS_WELCOME: '1',
  });
  browser = await openBrowser();
  const context = await browser.newContext({ locale: 'de-DE' });
  const page = await context.newPage();
  await signUpOrganiser(page, server);
  const menu = page.locator('nav .menu a');
  pages = await menu.evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).pathname));
  session = await context.storageState();
  await context.close();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await site?.close();
});

test.each([
  { locale: 'de', colorScheme: 'light', viewport: { width: 390, height: 844 } },
  { locale: 'ar', colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
] as const)(
  'no barrier is on any page of the office, $colorScheme, in $locale, $viewport.width wide',
  async ({ locale, ...device }) => {
    const context = await browser.newContext({ ...device, bypassCSP: true, storageState: session });
    await context.addCookies([{ name: 'einlass_locale', value: locale, url: server.url }]);
    const page = await context.newPage();
    const found: string[] = [];
    expect(pages.length).toBeGreaterThan(5);
    for (const path of ['/office', ...pages]) {
      const note = (what: string[]) => found.push(...what.map((barrier) => `${path}: ${barrier}`));
      await page.goto(server.url + path);
      note(await unreachableByKeyboard(page));
      await page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
      note(await barriers(page, ALL_RULES));
      note(await cutOff(page));
    }
    expect(found).toEqual([]);
    await context.close();
  },
  120_000,
);
