import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allBarriers } from './barrier-finders.ts';
import { nameOf, seedSite, type Site } from '../bench/seed.ts';
import { dismiss, pairTablet, scanTyped, takeDoor } from './door-site.ts';
import { signUpOrganiser } from './office-site.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

/** What two doors could not know of each other, the office finds out; and who has no ticket, the desk lets in. */
let site: Site;
let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let office: Page;
let left: Page;
let right: Page;
const complaints: string[] = [];

beforeAll(async () => {
  site = await seedSite([20]);
  const port = String(await freePort());
  const address = { PORT: port, ORIGIN: `http://localhost:${port}`, EINLASS_DATA: site.folder };
  server = await startServer({ ...address, EINLASS_WELCOME: '1' });
  browser = await openBrowser();
  context = await browser.newContext({ locale: 'de-DE' });
  office = await context.newPage();
  office.on('pageerror', (error) => complaints.push(error.message));
  await signUpOrganiser(office, server);
  left = await tablet('Eingang links');
  right = await tablet('Eingang rechts');
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await site?.close();
});

async function tablet(name: string): Promise<Page> {
  const own = await browser.newContext({ locale: 'de-DE', viewport: { width: 1024, height: 768 } });
  const page = await own.newPage();
  await pairTablet(page, server.url, await site.pairingCode(site.events[0]!), name);
  await takeDoor(page);
  return page;
}

const ticket = (i: number) => site.events[0]!.ticketTexts[i]!;
const open = (path: string) => office.goto(`${server.url}/office/integration${path}`);

/** Both tablets and the office count so many. */
async function everybodyCounts(count: number): Promise<void> {
  const shown = new RegExp(`\\b${count}\\b`);
  for (const page of [left, right]) {
    await dismiss(page);
    await page.getByTestId('headcount').filter({ hasText: shown }).waitFor({ timeout: 30_000 });
  }
  await open('');
  expect(await office.title()).toMatch(new RegExp(`^${count} `));
}

test('two doors without network let in one ticket, and the office finds out that it was two persons', async () => {
  for (const page of [left, right]) await page.context().setOffline(true);
  for (const page of [left, right]) expect(await scanTyped(page, ticket(1))).toBe('admitted');
  for (const page of [left, right]) await page.context().setOffline(false);
  await office.getByText('1 Fall ist zu klären').first().waitFor({ timeout: 30_000 });
  await office.getByRole('link', { name: 'Alle Fälle klären' }).press('Enter');
  await office.waitForURL('**/office/integration/conflicts');
  const card = office.locator('article');
  const text = await card.innerText();
  for (const told of [nameOf(1), 'Eingang links', 'Eingang rechts']) expect(text).toContain(told);
  await card.getByRole('button', { name: 'Entscheidung speichern' }).click();
  await office.getByRole('alert').getByText('Wählen Sie aus, was geschehen ist.').waitFor();
  await card.getByRole('radio', { name: /^Zwei Personen/ }).check();
  await card.getByRole('button', { name: 'Entscheidung speichern' }).click();
  await office.getByText('Die Entscheidung ist gespeichert.').waitFor();
  await office.getByText('Alle Scans passen zusammen.').waitFor();
  await everybodyCounts(2);
  for (const page of [left, right]) await page.getByTestId('conflict').waitFor({ state: 'detached' });
});

test('the office decides otherwise, and everybody counts otherwise', async () => {
  await open('/conflicts');
  const card = office.locator('article');
  expect(await card.innerText()).toContain('Frank Mertens');
  await card.getByText('Anders entscheiden').click();
  await card.getByRole('radio', { name: /^Eine Person/ }).check();
  await card.getByRole('button', { name: 'Entscheidung speichern' }).click();
  await card.getByText('Frühere Entscheidungen').waitFor();
  await everybodyCounts(1);
});

test('the desk lets in somebody by name, which a tablet knows, and takes it back', async () => {
  await open('/desk');
  await office.fill('#search-text', nameOf(3));
  await office.keyboard.press('Enter');
  await office.getByRole('link', { name: nameOf(3), exact: true }).click();
  await office.waitForURL(/\/desk\/[0-9a-f-]{36}$/);
  await office.getByText('Noch nicht da').waitFor();
  await office.getByRole('button', { name: 'Einlassen' }).click();
  await office.getByText('Geben Sie einen Grund ein.').waitFor();
  await office.fill('#why', 'Handy leer');
  await office.getByRole('button', { name: 'Einlassen' }).click();
  await office.getByRole('status').getByText('Eingelassen').waitFor();
  expect(decodeURIComponent(office.url())).not.toContain(nameOf(3).split(' ')[0]!);
  await right.getByTestId('headcount').filter({ hasText: /\b2\b/ }).waitFor({ timeout: 30_000 });
  expect(await scanTyped(right, ticket(3))).toBe('already_inside');
  expect(await right.locator('[data-verdict]').textContent()).toContain('Empfang');
  await dismiss(right);
  await office.getByRole('button', { name: 'Zurücknehmen' }).click();
  await office.getByText('Zurückgenommen.').waitFor();
  await everybodyCounts(1);
});

test('the desk is asked before it lets through whom the door turns away', async () => {
  await office.goBack();
  await office.getByRole('heading', { name: 'Von Hand ein- oder auslassen' }).waitFor();
  const doors = office.locator('#checkpoint');
  await doors.selectOption({ index: 1 });
  await office.fill('#why', 'Dolmetscherin');
  await office.getByRole('button', { name: 'Einlassen' }).click();
  await office.getByText('Nicht durchgelassen: andere Arbeitsgruppe').waitFor();
  expect(await office.inputValue('#why')).toBe('Dolmetscherin');
  await office.getByRole('checkbox', { name: 'Trotzdem durchlassen' }).check();
  await office.getByRole('button', { name: 'Einlassen' }).click();
  await office.getByRole('status').getByText('Eingelassen').waitFor();
});

test('without JavaScript, somebody without a registration gets a ticket and is let in', async () => {
  const plain = await browser.newContext({
    javaScriptEnabled: false,
    locale: 'de-DE',
    storageState: await context.storageState(),
  });
  const sheet = await plain.newPage();
  await sheet.goto(`${server.url}/office/integration/desk/walk-in`);
  await sheet.fill('[name=email]', 'olena@');
  await sheet.getByRole('button', { name: 'Aufnehmen' }).click();
  await sheet.getByText('Geben Sie einen Namen ein.').waitFor();
  await sheet.fill('[name=name]', 'Olena Kowalenko');
  await sheet.fill('[name=email]', '');
  await sheet.selectOption('#workgroup', { index: 2 });
  await sheet.getByRole('button', { name: 'Aufnehmen' }).click();
  await sheet.getByText('Aufgenommen. Das Ticket ist ausgestellt.').waitFor();
  await sheet.getByRole('img', { name: 'QR-Code von Olena Kowalenko' }).waitFor();
  await sheet.locator('.inside').waitFor();
  expect(sheet.url()).not.toMatch(/olena/i);
  await sheet.goto(`${server.url}/office/integration/acts`);
  const acts = await sheet.locator('[data-act]').evaluateAll((rows) => rows.map((row) => row.dataset.act));
  expect(acts.slice(0, 2)).toEqual(['checked_in_by_hand', 'walk_in_registered']);
  expect(acts.filter((act) => act === 'conflict_settled')).toHaveLength(2);
  await plain.close();
});

test.each([
  ['light', 'de'],
  ['dark', 'ar'],
] as const)('no barrier that a machine can find, %s, %s', async (colorScheme, language) => {
  const checked = await browser.newContext({
    colorScheme,
    bypassCSP: true,
    viewport: { width: 390, height: 844 },
    storageState: await context.storageState(),
  });
  await checked.addCookies([{ name: 'einlass_locale', value: language, url: server.url }]);
  const sheet = await checked.newPage();
  const look = async () => {
    expect(await sheet.getAttribute('html', 'lang')).toBe(language);
    expect(await allBarriers(sheet)).toEqual([]);
  };
  await sheet.goto(`${server.url}/office/integration/conflicts`);
  await look();
  await sheet.goto(`${server.url}/office/integration/desk/walk-in`);
  await look();
  await sheet.goto(`${server.url}/office/integration/desk`);
  await sheet.fill('#search-text', nameOf(3));
  await sheet.keyboard.press('Enter');
  await sheet.locator('li.card a').first().waitFor();
  await look();
  await sheet.locator('li.card a').first().click();
  await sheet.locator('#why').waitFor();
  await look();
  await checked.close();
  expect(complaints).toEqual([]);
});
