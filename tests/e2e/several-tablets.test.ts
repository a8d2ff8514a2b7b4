import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nameOf, seedSite, type Site } from '../bench/seed.ts';
import { closePanel, dismiss, openPanel, pairTablet, scanTyped, takeDoor } from './door-site.ts';
import { openBrowser, startServer, type RunningServer } from './support.ts';

/** Two tablets and one server: what one door knows, the other knows, as soon as there is a network between them. */
let site: Site;
let server: RunningServer;
let browser: Browser;
let left: Page;
let right: Page;

beforeAll(async () => {
  site = await seedSite([60]);
  server = await startServer({ EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'silent' });
  browser = await openBrowser();
  left = await tablet('Eingang links');
  right = await tablet('Eingang rechts');
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await site?.close();
});

async function tablet(name: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'de-DE', viewport: { width: 1024, height: 768 } });
  const page = await context.newPage();
  await pairTablet(page, server.url, await site.pairingCode(site.events[0]!), name);
  await takeDoor(page);
  return page;
}

const ticket = (i: number) => site.events[0]!.ticketTexts[i]!;

test('a ticket used at one tablet is known at the other within a second', async () => {
  const known = right.getByTestId('headcount').filter({ hasText: /\b1\b/ }).waitFor({ timeout: 10_000 });
  expect(await scanTyped(left, ticket(0))).toBe('admitted');
  const shown = Date.now();
  await known;
  expect(Date.now() - shown).toBeLessThan(1_000);
  expect(await scanTyped(right, ticket(0))).toBe('already_inside');
  expect(await right.locator('[data-verdict]').textContent()).toContain('Eingang links');
});

test('a ticket that two doors let in without network is shown to both staffs after the sync', async () => {
  for (const page of [left, right]) await page.context().setOffline(true);
  for (const page of [left, right]) {
    await dismiss(page);
    expect(await scanTyped(page, ticket(1))).toBe('admitted');
    await dismiss(page);
  }
  for (const page of [left, right]) await page.context().setOffline(false);
  for (const page of [left, right]) {
    await page.getByTestId('conflict').waitFor({ timeout: 30_000 });
    await dismiss(page);
    await openPanel(page, 'conflicts');
    const text = await page.locator('dialog[data-panel] .card').first().textContent();
    expect(text).toContain('Eingang links');
    expect(text).toContain('Eingang rechts');
    await page.locator('dialog[data-panel] .card button').first().click();
    await closePanel(page);
    await page.getByTestId('conflict').waitFor({ state: 'detached' });
  }
});

test('a guest without a ticket is found by name with a typing mistake, and checked in by hand', async () => {
  await dismiss(left);
  await openPanel(left, 'search');
  const name = nameOf(5);
  const [first = '', last = ''] = name.split(' ');
  const mistyped = last.slice(0, 2) + last.slice(3);
  await left.fill('#search-name', `${mistyped} ${first.slice(0, 3)}`);
  await left.getByTestId('hits').getByText(name, { exact: true }).first().click();
  await left.locator('.reasons button').first().click();
  const asksName = left.locator('#staff-name');
  await asksName.waitFor();
  await asksName.fill('Kim');
  await asksName.press('Enter');
  await left.locator('[data-verdict=admitted]').waitFor();
  expect(await left.locator('[data-verdict]').textContent()).toContain(name);
});

test('the list for an evacuation names everybody inside, on either tablet, and says how old its news is', async () => {
  for (const page of [left, right]) {
    await page.getByTestId('headcount').filter({ hasText: /\b3\b/ }).waitFor({ timeout: 30_000 });
    await dismiss(page);
    await openPanel(page, 'evacuation');
    await page.locator('dialog[data-panel] .people input').nth(2).waitFor();
    const text = await page.locator('dialog[data-panel]').textContent();
    for (const i of [0, 1, 5]) expect(text).toContain(nameOf(i));
    expect(text).toMatch(/Eingang rechts/);
    await page.locator('dialog[data-panel] .people input').first().check();
    await closePanel(page);
  }
});
