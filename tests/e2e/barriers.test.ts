import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { locales, prefixOf, publicPages, register } from './public-site.ts';
import { openBrowser, startServer, type RunningServer } from './support.ts';

/**
 * What a machine can find of the barriers on every public page, in every language: the rules of WCAG 2.2 AA by axe, and
 * whether anything is cut or scrolls sideways on a narrow screen and when enlarged.
 */

const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
const ALL_RULES = {
  type: 'tag',
  values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
};
/** What can differ in the dark. */
const CONTRAST = { type: 'rule', values: ['color-contrast'] };

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

async function barriers(page: Page, runOnly: object): Promise<string[]> {
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run({ runOnly: ${JSON.stringify(runOnly)}, resultTypes: ['violations'] })`,
  );
  return violations.map(({ id, nodes }) => `${id} (${nodes[0]?.target.join(' ')})`);
}

/** What is wider than the screen or than the box that cuts it off. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width) found.push('the page scrolls sideways');
    for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
      const style = getComputedStyle(element);
      const cuts = style.overflowX === 'hidden' || style.overflowX === 'clip';
      const hidden = element.closest('.visually-hidden, .skip, [aria-hidden="true"], [hidden]');
      if (cuts && !hidden && element.scrollWidth > element.clientWidth + 1)
        found.push(`cut: ${element.tagName.toLowerCase()}.${element.className}`);
    }
    return found;
  });
}

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
      await page.addScriptTag({ content: axe });
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
