import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prefixOf, register } from './public-site.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

/** A registrant's whole way, from the event's page to the door and to a change of mind. */

let server: RunningServer;
let browser: Browser;
let data: string;
let port: number;

const start = () => startServer({ PORT: String(port), EINLASS_DATA: data });

beforeAll(async () => {
  data = mkdtempSync(path.join(os.tmpdir(), 'einlass-registrant-'));
  port = await freePort();
  [server, browser] = await Promise.all([start(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(data, { recursive: true, force: true });
});

async function expectLanguage(page: Page, lang: string, dir: 'ltr' | 'rtl'): Promise<void> {
  expect(await page.getAttribute('html', 'lang')).toBe(lang);
  expect(await page.getAttribute('html', 'dir')).toBe(dir);
}

test.each([
  ['German', 'de', 'ltr', 'Sie sind angemeldet'],
  ['Arabic', 'ar', 'rtl', null],
  ['Leichte Sprache', 'de-simple', 'ltr', null],
] as const)(
  'in %s: registers, has the ticket without network, corrects, cancels',
  async (_, locale, dir, confirmed) => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'de-DE' });
    const page = await context.newPage();
    await page.goto(`${server.url}${prefixOf(locale)}/integration`);
    await expectLanguage(page, locale, dir);
    await page.click('#register');
    await expectLanguage(page, locale, dir);
    await register(page, server, { name: 'فاطمة Yılmaz', email: 'fatma@example.org' });
    await expectLanguage(page, locale, dir);
    expect(await page.textContent('#ticket-name')).toBe('فاطمة Yılmaz');
    if (confirmed) expect(await page.textContent('#ticket-state')).toContain(confirmed);

    // One visit is enough.
    const ticket = page.url();
    await page.locator('#kept').waitFor();
    await server.stop();
    await page.goto(ticket);
    await page.locator('#code svg').first().waitFor();
    expect(await page.textContent('#ticket-name')).toBe('فاطمة Yılmaz');
    server = await start();

    await page.goto(`${ticket}/change`);
    await expectLanguage(page, locale, dir);
    await page.fill('#name', 'فاطمة Yıldız');
    await page.check('#workgroup-w6');
    await page.click('main form button.primary');
    await page.waitForURL((url) => url.pathname === new URL(ticket).pathname);
    expect(await page.textContent('#ticket-name')).toBe('فاطمة Yıldız');

    await page.goto(`${ticket}/cancel`);
    await page.click('main form button.primary');
    await page.waitForURL((url) => url.pathname === new URL(ticket).pathname);
    expect(await page.getAttribute('#ticket-state', 'class')).toContain('bad');
    expect(await page.locator('#code svg').count()).toBe(0);
    await context.close();
  },
);
