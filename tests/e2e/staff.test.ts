import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { pairTablet, scanTyped, takeDoor } from './door-site.ts';
import { register } from './public-site.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

/** What the staff do on their own word, on one tablet at the doors of the demo event. */

let server: RunningServer;
let browser: Browser;
let office: Page;
let page: Page;
/** The number of the ticket of somebody in workgroup 5. */
let ticket: string;
const complaints: string[] = [];

beforeAll(async () => {
  const port = String(await freePort());
  const data = mkdtempSync(join(tmpdir(), 'einlass-staff-'));
  const address = { PORT: port, ORIGIN: `http://localhost:${port}`, EINLASS_DATA: data };
  [server, browser] = await Promise.all([startServer({ ...address, EINLASS_WELCOME: '1' }), openBrowser()]);
  ticket = await registered('Ayşe Yılmaz');
  office = await openOffice();
  const context = await browser.newContext({ locale: 'de-DE', viewport: { width: 768, height: 1024 } });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  await pairTablet(page, server.url, await pairingCode());
  await takeDoor(page);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  expect(complaints).toEqual([]);
});

beforeEach(async () => {
  if (await page.locator('[data-verdict]').isVisible()) await dismiss();
});

/** Registers somebody. @returns the ticket's number */
async function registered(name: string): Promise<string> {
  const context = await browser.newContext({ locale: 'de-DE' });
  const guest = await context.newPage();
  await guest.goto(`${server.url}/integration/register`);
  await register(guest, server, { name, email: 'gast@example.org' });
  const number = /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(await guest.locator('main').innerText())![0];
  await context.close();
  return number;
}

async function openOffice(): Promise<Page> {
  const context = await browser.newContext({ locale: 'de-DE' });
  const desk = await context.newPage();
  await desk.goto(/organiser +(\S+)/.exec(server.output())![1]!);
  await desk.fill('input[name="name"]', 'Frank Mertens');
  await desk.fill('input[name="email"]', 'office@example.org');
  await desk.fill('input[name="password"]', 'vier lange Worte hier');
  await desk.locator('main form button').click();
  await desk.locator('.line.live').waitFor();
  return desk;
}

async function pairingCode(): Promise<string> {
  await office.locator('form[action*="pair"] button').click();
  return (await office.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/).textContent())!.trim();
}

async function dismiss(): Promise<void> {
  await page.locator('[data-verdict]').click();
  await page.locator('[data-verdict]').waitFor({ state: 'detached' });
}

const verdict = (word: string) => page.locator(`[data-verdict="${word}"]`);
const reason = (text: string) => page.locator('[data-reason]', { hasText: text });
const headcount = (text: string) => page.getByTestId('headcount').filter({ hasText: text }).waitFor();

test('somebody is let in against the verdict: with a name once, then in two taps', async () => {
  expect(await scanTyped(page, ticket)).toBe('admitted');
  await headcount(': 1 / 300');
  await dismiss();
  expect(await scanTyped(page, ticket)).toBe('already_inside');
  await page.getByTestId('override').click();
  await reason('Begleitet jemanden').click();
  await page.getByRole('alert').filter({ hasText: 'Ihren Namen' }).waitFor();
  await page.fill('#staff-name', 'Frau Demir');
  await reason('Begleitet jemanden').click();
  await verdict('let_in').waitFor();
  const screen = (await verdict('let_in').textContent())!;
  for (const text of ['Ayşe Yılmaz', 'auf Ihr Wort', 'Frau Demir', 'Begleitet jemanden'])
    expect(screen).toContain(text);
  await dismiss();

  expect(await scanTyped(page, 'https://example.org/nothing')).toBe('invalid');
  await page.getByTestId('override').click();
  await reason('Vom Büro erlaubt').click();
  await verdict('let_in').waitFor();
  await headcount(': 2 / 300');
});

test('a reason of their own is written down', async () => {
  expect(await scanTyped(page, ticket)).toBe('already_inside');
  await page.getByTestId('override').click();
  await reason('Anderer Grund').click();
  await page.locator('[data-staff] button.primary').last().click();
  await page.getByRole('alert').filter({ hasText: 'Grund' }).waitFor();
  await page.fill('#staff-reason', 'Bringt den Rollstuhl zurück');
  await page.press('#staff-reason', 'Enter');
  await verdict('let_in').waitFor();
  expect(await verdict('let_in').textContent()).toContain('Bringt den Rollstuhl zurück');
});

test('while the staff are asked, no other ticket is taken', async () => {
  expect(await scanTyped(page, ticket)).toBe('already_inside');
  await page.getByTestId('override').click();
  await reason('Begleitet jemanden').waitFor();
  await page.evaluate((text) => {
    for (const key of [...text, 'Enter'])
      document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  }, 'ABCDEFGH-UNKNOWN');
  await page.getByRole('status').filter({ hasText: 'noch nicht geprüft' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('[data-staff]').waitFor({ state: 'detached' });
  expect(await verdict('already_inside').isVisible()).toBe(true);
});

test('the last scan is taken back, from its verdict and later from the foot of the screen', async () => {
  const another = await registered('Olena Bondar');
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect.poll(() => scanFresh(another), { timeout: 20_000 }).toBe('admitted');
  await headcount(': 3 / 300');
  await page.getByTestId('undo').click();
  await verdict('undone').waitFor();
  expect(await verdict('undone').textContent()).toMatch(/Olena Bondar.*Hinein um \d\d:\d\d Uhr/);
  await headcount(': 2 / 300');
  await dismiss();

  expect(await page.getByTestId('last-scan').textContent()).toContain('Ayşe Yılmaz');
  await page.getByTestId('undo-last').click();
  await verdict('undone').waitFor();
  expect(await verdict('undone').textContent()).toContain('Ayşe Yılmaz');
});

/** Scans a ticket that may not have come with the roster yet. */
async function scanFresh(number: string): Promise<string> {
  const word = await scanTyped(page, number);
  if (word === 'invalid') await dismiss();
  return word;
}
