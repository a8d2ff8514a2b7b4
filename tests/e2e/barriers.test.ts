import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALL_RULES, barriers, CONTRAST, cutOff } from './barrier-finders.ts';
import { locales, prefixOf, publicPages, register } from './public-site.ts';
import { openBrowser, startServer, type RunningServer } from './support.ts';

/**
 * What a machine can find of the barriers on every public page, in every language: the rules of WCAG 2.2 AA by axe, and
 * whether anything is cut or scrolls sideways on a narrow screen and when enlarged.
 */

let server: RunningServer;
let browser: Browser;
let pages: Record<string, string>;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), openBrowser()]);
  const page = await browser.newPage();
  await page.goto(`${server.url}/integration/register`);
  await register(page, server, { name: 'Fatma Yılmaz', email: 'fatma@example.org' });
  pages = publicPages(new URL(page.url()).pathname);
  await page.close();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test.each(locales)(
  'no barrier is on any page in %s, light or dark, narrow or enlarged',
  async (locale) => {
    const context = await browser.newContext({ bypassCSP: true, viewport: { width: 320, height: 800 } });
    const page = await context.newPage();
    const found: string[] = [];
    for (const [name, path] of Object.entries(pages)) {
      await page.setViewportSize({ width: 320, height: 800 });
      await page.emulateMedia({ colorScheme: 'light' });
      await page.goto(server.url + prefixOf(locale) + path);
      const note = async (how: string, what: Promise<string[]>) =>
        found.push(...(await what).map((barrier) => `${name}, ${how}: ${barrier}`));
      await note('light', barriers(page, ALL_RULES));
      await note('320 px wide', cutOff(page));
      await page.emulateMedia({ colorScheme: 'dark' });
      await note('dark', barriers(page, CONTRAST));
      // A desk's browser at 200 %: half as many pixels; and text alone at twice its size.
      await page.setViewportSize({ width: 640, height: 400 });
      await note('at 200 %', cutOff(page));
      await page.addStyleTag({ content: 'html { font-size: 200% !important; }' });
      await note('text at 200 %', cutOff(page));
    }
    expect(found).toEqual([]);
    await context.close();
  },
  120_000,
);
