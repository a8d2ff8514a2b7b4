import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedSite, type Site } from '../bench/seed.ts';
import { visitDoorScreens } from './door-screens.ts';
import { openBrowser, startServer, type RunningServer } from './support.ts';

/** What a machine can find of the barriers at the door, where contrast is 7:1 and targets are large. */
const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
const RULES = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  rules: { 'color-contrast-enhanced': { enabled: true } },
  resultTypes: ['violations'],
};
/** The least side of what is touched at the door, in CSS pixels; links in running text are none. */
const TOUCH = 48;

let site: Site;
let server: RunningServer;
let browser: Browser;
beforeAll(async () => {
  site = await seedSite([30]);
  server = await startServer({ EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'silent' });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await site?.close();
});

test.each([
  ['de-DE', 'light', 1024, 768],
  ['ar', 'dark', 390, 844],
] as const)(
  'no barrier is on any screen of the door: %s, %s, %s × %s',
  async (locale, colorScheme, width, height) => {
    const viewport = { width, height };
    const context = await browser.newContext({ bypassCSP: true, locale, colorScheme, viewport });
    const page = await context.newPage();
    const found: string[] = [];
    await visitDoorScreens(page, server.url, site, async (name) => {
      await page.evaluate(axe);
      const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(RULES)})`);
      for (const { id, nodes } of violations) found.push(`${name}: ${id} (${nodes[0]?.target.join(' ')})`);
      found.push(...(await page.evaluate(tooSmallOrTooWide, TOUCH)).map((what) => `${name}: ${what}`));
    });
    expect(found).toEqual([]);
    await context.close();
  },
);

/** Runs in the page. */
function tooSmallOrTooWide(touch: number): string[] {
  const found: string[] = [];
  for (const element of document.querySelectorAll('html, [data-verdict], dialog .content')) {
    if (element.scrollWidth > element.clientWidth) found.push(`${element.localName} scrolls sideways`);
  }
  for (const element of document.querySelectorAll<HTMLElement>('button, select, a.button')) {
    const { width, height } = element.getBoundingClientRect();
    if (width > 0 && height > 0 && (height < touch - 0.5 || width < touch - 0.5))
      found.push(`too small to touch: ${element.className || element.textContent.trim()} ${width}×${height}`);
  }
  return found;
}
