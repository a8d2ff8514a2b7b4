import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allBarriers } from './barrier-finders.ts';
import { openOffice } from './office-site.ts';
import type { RunningServer } from './support.ts';

let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let address: string;
let complaints: string[];

beforeAll(async () => {
  ({ server, browser, context, page, complaints } = await openOffice());
  address = `${server.url}/office/integration/import-registrations`;
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const file = (text: string, name = 'liste.csv') => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(text),
});
const figures = (sheet: Page) => sheet.locator('dl dd').allInnerTexts();

async function download(sheet: Page, link: string): Promise<string> {
  const [saved] = await Promise.all([
    sheet.waitForEvent('download'),
    sheet.getByRole('link', { name: link }).click(),
  ]);
  return readFileSync(await saved.path(), 'utf8');
}

test('from the list to the import: the example is taken as it is, looked at, and taken in', async () => {
  await page.goto(`${server.url}/office/integration/registrations`);
  await page.getByRole('main').getByRole('link', { name: 'Anmeldungen einlesen' }).last().click();
  await page.waitForURL(address);
  const example = await download(page, 'Beispieldatei herunterladen');
  expect(example).toMatch(/^\uFEFFID;Name;E-Mail;/);
  await page.setInputFiles('#file', file(example));
  await page.getByRole('button', { name: 'Datei prüfen' }).click();
  await page.getByRole('heading', { name: 'Das würde geschehen' }).waitFor();
  expect(await figures(page)).toEqual(['3', '0', '0', '0']);
  await page.getByRole('button', { name: 'Ja, übernehmen' }).click();
  await page.getByText('Die Datei ist übernommen').waitFor();
  expect(await figures(page)).toEqual(['3', '0', '0']);
  expect(page.url()).not.toContain('Erika');
  await page.getByRole('link', { name: 'Zu den Anmeldungen' }).click();
  await page.getByText('Anmeldungen: 3').waitFor();
});

test('what goes out comes in again and changes nothing; what is wrong is told by line and column', async () => {
  await page.goto(`${server.url}/office/integration/registrations`);
  const list = await download(page, 'Diese Liste herunterladen');
  await page.goto(address);
  await page.setInputFiles('#file', file(list));
  await page.getByRole('button', { name: 'Datei prüfen' }).click();
  await page.getByText('Es ändert sich nichts').waitFor();
  expect(await figures(page)).toEqual(['0', '0', '3', '0']);
  await page.setInputFiles('#file', file('Vorname,Nachname,Mail,AG\nAnna,Müller,anna@,1\nBo,Berg,,99\n'));
  await page.getByRole('button', { name: 'Datei prüfen' }).click();
  await page.getByText('Die Datei hat Fehler').waitFor();
  const rows = await page.locator('.import-table tbody tr').allInnerTexts();
  expect(rows[0]).toMatch(/2\s+Mail\s+Das ist keine E-Mail-Adresse/);
  expect(rows[1]).toMatch(/3\s+AG\s+Diese Arbeitsgruppe gibt es nicht/);
  expect(await page.getByRole('button', { name: 'Ja, übernehmen' }).count()).toBe(0);
});

test('ten thousand rows show their progress, more bytes than other forms may send', async () => {
  const lines = Array.from(
    { length: 10_000 },
    (_, i) => `A${i};Gast ${i};${'x'.repeat(220)}${i}@example.org;1`,
  );
  await page.goto(address);
  await page.setInputFiles('#file', file('ID;Name;E-Mail;AG\n' + lines.join('\n')));
  await page.getByRole('button', { name: 'Datei prüfen' }).click();
  await page.getByText('Von den Neuen auf die Warteliste').waitFor();
  await page.getByRole('button', { name: 'Ja, übernehmen' }).click();
  await page.locator('progress[value]:not([value="0"])').waitFor();
  await page.getByText('Die Datei ist übernommen').waitFor();
  expect((await figures(page))[0]).toBe('10.000');
});

test('without JavaScript it goes the same way, and the log tells so, also as a file', async () => {
  const plain = await browser.newContext({
    javaScriptEnabled: false,
    locale: 'de-DE',
    storageState: await context.storageState(),
  });
  const sheet = await plain.newPage();
  await sheet.goto(address);
  await sheet.setInputFiles('#file', file('Name;E-Mail;AG;Sprache\nZoë;zoe@example.org;7;Türkisch\n'));
  await sheet.getByRole('button', { name: 'Datei prüfen' }).click();
  await sheet.getByLabel(/per E-Mail benachrichtigen/).check();
  await sheet.getByRole('button', { name: 'Ja, übernehmen' }).click();
  await sheet.getByText('Die E-Mails sind auf dem Weg.').waitFor();
  await sheet.goto(`${server.url}/office/integration/acts`);
  const log = await download(sheet, 'Protokoll herunterladen');
  expect(log).toContain('Frank Mertens;Anmeldungen aus einer Tabelle übernommen;');
  expect(log).toContain('Frank Mertens;Anmeldungen heruntergeladen;Zeilen: 3');
  expect(log).not.toContain('Zoë');
  await plain.close();
});

test.each([
  ['light', 'de', 'the form', ''],
  ['dark', 'ar', 'errors', 'Name;Mail;AG\nA;x;1\n;;99\n'],
  ['light', 'ar', 'a preview', 'ID;Name;AG;Stand;Rollstuhl\nA-1;Erika Neu;7;;ja\nB;Bo;1;;\n'],
  ['dark', 'de', 'a preview', 'ID;Name;AG;Stand\nA-1;Erika Neu;7;\nB;Bo;1;\n'],
] as const)('no barrier that a machine can find, %s, %s: %s', async (colorScheme, language, _, table) => {
  const checked = await browser.newContext({
    colorScheme,
    bypassCSP: true,
    viewport: { width: 390, height: 844 },
    storageState: await context.storageState(),
  });
  await checked.addCookies([{ name: 'einlass_locale', value: language, url: server.url }]);
  const sheet = await checked.newPage();
  await sheet.goto(address);
  expect(await sheet.getAttribute('html', 'lang')).toBe(language);
  if (table) {
    await sheet.setInputFiles('#file', file(table));
    await sheet.locator('form[enctype] button').click();
    await sheet.locator('.import-table').first().waitFor();
  }
  expect(await allBarriers(sheet)).toEqual([]);
  await checked.close();
  expect(complaints).toEqual([]);
});
