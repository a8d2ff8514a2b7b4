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
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const GUESTS = { 'Ayşe Yılmaz': 'ayse@example.org', 'Jörg Müller': 'joerg@example.org' };
const names = (sheet: Page) => sheet.locator('tbody th a').allInnerTexts();

test('the live page leads to the list, which is searched without a name in the address', async () => {
  await page.getByRole('link', { name: 'Anmeldungen', exact: true }).click();
  await page.waitForURL('**/office/integration/registrations');
  expect(await names(page)).toEqual(['Ayşe Yılmaz', 'Jörg Müller']);
  await page.fill('#search-text', 'yilmaz');
  await page.getByRole('button', { name: 'Suchen' }).click();
  await page.getByText('Anmeldungen: 1').waitFor();
  expect(await names(page)).toEqual(['Ayşe Yılmaz']);
  expect(page.url()).not.toContain('yilmaz');
  // A filter keeps what is searched for.
  await page.getByRole('button', { name: /^Abgesagt/ }).click();
  await page.getByText('Hier ist niemand.').waitFor();
  expect(await page.inputValue('#search-text')).toBe('yilmaz');
  expect(page.url()).toContain('state=cancelled');
  expect(page.url()).not.toContain('yilmaz');
  await page.getByRole('link', { name: 'Suche beenden' }).click();
  await page.getByRole('link', { name: 'Alle (2)' }).click();
  await page.getByText('Anmeldungen: 2').waitFor();
});

test('a registration is corrected, its ticket is replaced, and its history tells so', async () => {
  await page.getByRole('link', { name: 'Jörg Müller' }).click();
  await page.getByText('Angaben berichtigen').click();
  await page.fill('[name=name]', ' ');
  await page.getByRole('button', { name: 'Änderungen speichern' }).click();
  await page.getByText('Geben Sie einen Namen ein.').waitFor();
  await page.fill('[name=name]', 'Jürgen Müller');
  await page.getByRole('button', { name: 'Änderungen speichern' }).click();
  await page.getByText('Die Angaben sind gespeichert.').waitFor();
  expect(await page.locator('h1').innerText()).toBe('Jürgen Müller');
  await page.getByText('Ticket ersetzen', { exact: true }).click();
  await page.getByRole('button', { name: 'Ja, Ticket ersetzen' }).click();
  await page.getByText('Das neue Ticket ist ausgestellt.').waitFor();
  const history = await page.locator('ol').innerText();
  expect(history).toContain('Über das Formular angemeldet');
  expect(history).toContain('Neues Ticket:');
  expect(history).toContain('E-Mail: Änderung');
  expect(page.url()).not.toMatch(/M%C3%BCller|Müller/);
});

test.each([
  ['light', 'de-DE', 'registrations'],
  ['dark', 'ar', 'registrations'],
  ['light', 'ar', 'one registration'],
  ['dark', 'de-DE', 'one registration'],
] as const)('no barrier that a machine can find, %s, %s: %s', async (colorScheme, locale, what) => {
  const checked = await browser.newContext({
    colorScheme,
    locale,
    bypassCSP: true,
    viewport: { width: 390, height: 844 },
    storageState: await context.storageState(),
  });
  // The office's language is in a cookie, which came along with the session.
  const language = locale === 'ar' ? 'ar' : 'de';
  await checked.addCookies([{ name: 'einlass_locale', value: language, url: server.url }]);
  const sheet = await checked.newPage();
  await sheet.goto(`${server.url}/office/integration/registrations`);
  expect(await sheet.getAttribute('html', 'lang')).toBe(language);
  if (what !== 'registrations') {
    await sheet.locator('tbody th a').first().click();
    await sheet.waitForURL('**/registrations/*');
  }
  expect(await allBarriers(sheet)).toEqual([]);
  await checked.close();
});

test('without JavaScript, many are cancelled after a look at what would happen', async () => {
  const plain = await browser.newContext({
    javaScriptEnabled: false,
    locale: 'de-DE',
    storageState: await context.storageState(),
  });
  const sheet = await plain.newPage();
  await sheet.goto(`${server.url}/office/integration/registrations`);
  for (const box of await sheet.locator('[name=registration]').all()) await box.check();
  await sheet.getByRole('button', { name: 'Absagen' }).click();
  await sheet.getByText('Werden abgesagt: 2').waitFor();
  await sheet.getByText('E-Mails, die verschickt werden: 2').waitFor();
  expect(sheet.url()).not.toMatch(/[0-9a-f]{8}-/);
  await sheet.getByRole('button', { name: 'Ja, absagen' }).click();
  await sheet.getByText('Abgesagt: 2').waitFor();
  expect(await sheet.locator('td .cancelled').count()).toBe(2);
  await plain.close();
  expect(complaints).toEqual([]);
});
