import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allBarriers } from './barrier-finders.ts';
import { openOffice } from './office-site.ts';
import { register } from './public-site.ts';
import type { RunningServer } from './support.ts';

let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  ({ server, browser, context, page, complaints } = await openOffice());
  const guest = await browser.newPage();
  for (const [name, email] of Object.entries(GUESTS)) {
    await guest.goto(`${server.url}/integration/register`);
    await register(guest, server, { name, email });
  }
  await guest.close();
  makeScarce();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const GUESTS = { 'Ayşe Yılmaz': 'ayse@example.org', 'Jörg Müller': 'joerg@example.org' };

/** One place for two people, of whom one has named a second choice. */
function makeScarce(): void {
  const file = new DatabaseSync(path.join(server.dataFolder, 'einlass.sqlite'));
  file.exec(`update workgroups set places = 1 where id = 'w5'`);
  file.exec(`update registrations set second_choice_id = 'w6' where name like 'Ay%'`);
  file.exec(`update registrations set state = 'waitlisted', waiting_since = 1 where name like 'J%'`);
  file.close();
}

const wishes = (sheet: Page) =>
  sheet.getByRole('table', { name: 'Wie viele bekommen' }).locator('tbody tr').allInnerTexts();

test.each([
  ['light', 'ar'],
  ['dark', 'de'],
] as const)('no barrier that a machine can find, %s, %s', async (colorScheme, language) => {
  const checked = await browser.newContext({
    colorScheme,
    bypassCSP: true,
    viewport: { width: 390, height: 844 },
    storageState: await context.storageState(),
  });
  await checked.addCookies([{ name: 'einlass_locale', value: language, url: server.url }]);
  const sheet = await checked.newPage();
  await sheet.goto(`${server.url}/office/integration/assignment`);
  expect(await sheet.getAttribute('html', 'lang')).toBe(language);
  expect(await allBarriers(sheet)).toEqual([]);
  await checked.close();
});

test('a proposal is looked at, computed by other rules, and applied', async () => {
  await page.goto(`${server.url}/office/integration/assignment`);
  expect(await page.locator('h1').innerText()).toBe('Plätze nach Wunsch');
  expect((await wishes(page)).map((row) => row.split(/\s+/).slice(-3))).toEqual([
    ['1', '1', '0'],
    ['0', '1', '+1'],
    ['0', '0', '0'],
    ['1', '0', '−1'],
  ]);
  await page.getByText('Machen Platz und wechseln in die zweite Wahl: 1').click();
  await page.getByRole('link', { name: 'Ayşe Yılmaz' }).waitFor();

  await page.getByLabel('Wer einen Platz hat, wechselt nur dorthin').check();
  await page.getByRole('button', { name: 'Neu berechnen' }).click();
  await page.getByText('Besser geht es nicht').waitFor();
  await page.getByLabel('Wer einen Platz hat, wechselt nur dorthin').uncheck();
  await page.getByRole('button', { name: 'Neu berechnen' }).click();

  await page.getByRole('button', { name: 'Ja, Plätze so verteilen' }).click();
  await page.getByText('Die Plätze sind neu verteilt.').waitFor();
  await page.getByText('Besser geht es nicht').waitFor();
  await page.getByRole('link', { name: 'Anmeldungen', exact: true }).click();
  await page.waitForURL('**/registrations');
  expect(await page.locator('td .confirmed').count()).toBe(2);
});

test('it is undone without JavaScript, and the log tells of both', async () => {
  const plain = await browser.newContext({
    javaScriptEnabled: false,
    locale: 'de-DE',
    storageState: await context.storageState(),
  });
  const sheet = await plain.newPage();
  await sheet.goto(`${server.url}/office/integration/assignment`);
  await sheet.getByText('Zurücknehmen', { exact: true }).click();
  await sheet.getByRole('button', { name: 'Ja, Verteilung zurücknehmen' }).click();
  await sheet.getByText('Die Verteilung ist zurückgenommen.').waitFor();
  await sheet.getByText('Zurückgekommen: 2.').waitFor();
  await sheet.goto(`${server.url}/office/integration/acts`);
  expect(
    await sheet.locator('tr[data-act]').evaluateAll((rows) => rows.map((row) => row.dataset.act)),
  ).toEqual(expect.arrayContaining(['places_assigned', 'assignment_undone']));
  await sheet.goto(`${server.url}/office/integration/mails`);
  // Of registering; nobody was told of the rest.
  expect(await sheet.locator('main').innerText()).not.toContain('Platz bekommen');
  await plain.close();
  expect(complaints).toEqual([]);
});
