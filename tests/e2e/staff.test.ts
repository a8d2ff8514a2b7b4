import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { dismiss, pairTablet, scanTyped, takeDoor } from './door-site.ts';
import { pairingCode, signUpOrganiser } from './office-site.ts';
import { register } from './public-site.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

/** What the staff do on their own word, on one tablet at the doors of the demo event. */

let server: RunningServer;
let browser: Browser;
let office: Page;
let page: Page;
/** The numbers of the tickets of two in workgroup 5. */
let ticket: string;
let another: string;
const complaints: string[] = [];

beforeAll(async () => {
  const port = String(await freePort());
  const data = mkdtempSync(join(tmpdir(), 'einlass-staff-'));
  const address = { PORT: port, ORIGIN: `http://localhost:${port}`, EINLASS_DATA: data };
  [server, browser] = await Promise.all([startServer({ ...address, EINLASS_WELCOME: '1' }), openBrowser()]);
  holdAtMost(data, 'w5', 2);
  [ticket, another, office] = await Promise.all([
    registered('Ayşe Yılmaz'),
    registered('Olena Bondar'),
    browser.newPage({ locale: 'de-DE' }),
  ]);
  await signUpOrganiser(office, server);
  const context = await browser.newContext({ locale: 'de-DE', viewport: { width: 768, height: 1024 } });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  await pairTablet(page, server.url, await pairingCode(office));
  await takeDoor(page);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  expect(complaints).toEqual([]);
});

beforeEach(async () => {
  if (await page.locator('[data-verdict]').isVisible()) await dismiss(page);
});

/** Makes a room smaller than the demo's, before any tablet hears of it. */
function holdAtMost(data: string, room: string, capacity: number): void {
  const db = new DatabaseSync(join(data, 'einlass.sqlite'));
  db.prepare('update rooms set capacity = ? where id = ?').run(capacity, room);
  db.close();
}

async function goTo(door: string): Promise<void> {
  await page.getByTestId('menu').click();
  await page.locator('#door-menu button').first().click();
  await takeDoor(page, door);
}

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

const verdict = (word: string) => page.locator(`[data-verdict="${word}"]`);
const reason = (text: string) => page.locator('[data-reason]', { hasText: text });
const headcount = (text: string) => page.getByTestId('headcount').filter({ hasText: text }).waitFor();

test('somebody is let in against the verdict: with a name once, then in two taps', async () => {
  expect(await scanTyped(page, ticket)).toBe('admitted');
  await headcount(': 1 / 300');
  await dismiss(page);
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
  await dismiss(page);

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
  expect(await scanTyped(page, another)).toBe('admitted');
  await headcount(': 3 / 300');
  await page.getByTestId('undo').click();
  await verdict('undone').waitFor();
  expect(await verdict('undone').textContent()).toMatch(/Olena Bondar.*Hinein um \d\d:\d\d Uhr/);
  await headcount(': 2 / 300');
  await dismiss(page);

  expect(await page.getByTestId('last-scan').textContent()).toContain('Ayşe Yılmaz');
  await page.getByTestId('undo-last').click();
  await verdict('undone').waitFor();
  expect(await verdict('undone').textContent()).toContain('Ayşe Yılmaz');
});

test('the way is turned with one tap', async () => {
  const exit = page.locator('button[data-direction="exit"]');
  await exit.click();
  await page.locator('button[data-direction="exit"][aria-pressed="true"]').waitFor();
  expect(await scanTyped(page, ticket)).toBe('left');
  await dismiss(page);
  await page.locator('button[data-direction="entry"]').click();
  await page.locator('button[data-direction="entry"][aria-pressed="true"]').waitFor();
  expect(await scanTyped(page, ticket)).toBe('admitted');
});

test('whoever comes without a registration gets a ticket without network, and is let in with it', async () => {
  // Until then the tablet says itself that it is not ready to go without network.
  await page.evaluate(async () => {
    const { serviceWorker } = navigator;
    if (serviceWorker.controller) return;
    await new Promise((taken) => serviceWorker.addEventListener('controllerchange', taken, { once: true }));
  });
  await page.context().setOffline(true);
  await page.getByTestId('menu').click();
  await page.locator('[data-open="walk_in"]').click();
  const submit = page.locator('[data-panel="walk_in"] form button.primary');
  await submit.click();
  await page.getByRole('alert').filter({ hasText: 'Namen' }).waitFor();
  await page.fill('#walk-in-name', 'Bilal Haddad');
  await submit.click();
  await page.getByRole('alert').filter({ hasText: 'Arbeitsgruppe' }).waitFor();
  await page.locator('[data-panel="walk_in"] label', { hasText: 'noch 2 Plätze' }).click();
  await submit.click();
  const made = page.getByTestId('walk-in-ticket');
  await made.getByRole('img').waitFor();
  expect(await made.textContent()).toContain('Bilal Haddad');
  const number = /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec((await made.textContent())!)![0];
  await made.locator('button.primary').click();
  await verdict('admitted').waitFor();
  expect(await verdict('admitted').textContent()).toContain('Bilal Haddad');
  await dismiss(page);
  expect(await scanTyped(page, number)).toBe('already_inside');
});

test('a guest changes the room; who comes to a wrong one is told the right one', async () => {
  await goTo('Raum 1');
  expect(await scanTyped(page, ticket)).toBe('wrong_workgroup');
  expect(await verdict('wrong_workgroup').locator('.place').textContent()).toBe('Raum 5');
  await dismiss(page);
  await goTo('Raum 5');
  expect(await scanTyped(page, ticket)).toBe('admitted');
  expect(await verdict('admitted').textContent()).not.toContain('Plätze');
  await headcount('Raum 5: 1 / 2');
});

test('a room is shown full, and turns away until the staff decide otherwise', async () => {
  expect(await scanTyped(page, 'https://example.org/carer')).toBe('invalid');
  await page.getByTestId('override').click();
  await reason('Begleitet jemanden').click();
  await verdict('let_in').filter({ hasText: 'Jetzt ist der Raum voll' }).waitFor();
  await dismiss(page);
  await page.locator('[data-fullness="full"]').waitFor();
  expect(await scanTyped(page, another)).toBe('room_full');
  await page.getByTestId('override').click();
  await reason('Vom Büro erlaubt').click();
  await page.locator('[data-fullness="over"]').waitFor();
  await headcount('Raum 5: 3 / 2');
});

test('everything reaches the office when the network is back', async () => {
  await page.context().setOffline(false);
  await office.locator('article', { hasText: 'Raum 5' }).locator('.headcount', { hasText: /^3$/ }).waitFor();
});
