import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nextTotpCode, totpCode } from '../support/totp.ts';
import { allBarriers } from './barrier-finders.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

const PASSWORD = 'vier lange Worte hier';

let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let key: string;
/** Where somebody else is signed in, without JavaScript. */
let elsewhere: Page;

beforeAll(async () => {
  const port = String(await freePort());
  server = await startServer({
    PORT: port,
    ORIGIN: `http://localhost:${port}`,
    EINLASS_WELCOME: '1',
    EINLASS_SECOND_FACTOR: 'required',
  });
  browser = await openBrowser();
  context = await browser.newContext({ locale: 'de-DE' });
  page = await context.newPage();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const pathOf = (sheet: Page) => new URL(sheet.url()).pathname;

async function signUp(sheet: Page, link: string, name: string, email: string): Promise<void> {
  await sheet.goto(link);
  await sheet.fill('[name=name]', name);
  await sheet.fill('[name=email]', email);
  await sheet.fill('[name=password]', PASSWORD);
  await sheet.locator('main form button').click();
  await sheet.waitForURL('**/office/account/second-factor?**');
}

/** Sets the second factor up, which the page asks for. @returns its key */
async function setUpFactor(sheet: Page): Promise<string> {
  await sheet.fill('[name=password]', PASSWORD);
  await sheet.getByRole('button', { name: 'Weiter' }).click();
  const made = (await sheet.locator('.key').textContent())!.trim();
  await sheet.fill('[name=code]', totpCode(made, Date.now()));
  await sheet.getByRole('button', { name: 'Einschalten' }).click();
  await sheet.getByRole('link', { name: 'Fertig, ich habe sie' }).click();
  return made;
}

/** As if everybody had signed in long ago. */
function forgetProofs(): void {
  const db = new DatabaseSync(path.join(server.dataFolder, 'einlass.sqlite'), { timeout: 5_000 });
  db.exec('update sessions set proved_at = 0');
  db.close();
}

test('who has signed in by a password alone sees nothing before the second factor is set up', async () => {
  await signUp(page, /organiser +(\S+)/.exec(server.output())![1]!, 'Frank Mertens', 'frank@example.org');
  await page.getByText('Hier ist ein zweiter Faktor vorgeschrieben').waitFor();
  await page.goto(`${server.url}/office/integration/members`);
  expect(pathOf(page)).toBe('/office/account/second-factor');
  const live = await page.evaluate(
    async () => (await fetch('/api/office/v1/events/0190b3a5-0000-7000-8000-000000000000/live')).status,
  );
  expect(live).toBe(403);
  key = await setUpFactor(page);
  await page.waitForURL('**/office/integration/members');
});

test('an account is disabled after the password is typed again, and is out at once', async () => {
  await page.getByRole('button', { name: 'Einladungs-Link erstellen' }).click();
  const invitation = await page.getByTestId('invitation').inputValue();
  elsewhere = await (await browser.newContext({ locale: 'de-DE', javaScriptEnabled: false })).newPage();
  await signUp(elsewhere, invitation, 'Elif Demir', 'elif@example.org');
  await setUpFactor(elsewhere);
  await elsewhere.waitForURL('**/office/integration');

  forgetProofs();
  await page.goto(`${server.url}/office/account`);
  await page.getByRole('link', { name: 'Alle Konten' }).click();
  const elif = page.getByRole('listitem').filter({ hasText: 'elif@example.org' });
  await elif.getByText('Sperren', { exact: true }).click();
  await page.getByRole('button', { name: 'Konto von Elif Demir sperren' }).click();
  await page.getByText('Was Sie eingegeben haben, bleibt erhalten.').waitFor();
  await page.fill('[name=proof_password]', 'not the password');
  await page.getByRole('button', { name: 'Bestätigen und weiter' }).first().click();
  await page.getByText('Das Passwort stimmt nicht.').waitFor();
  await page.fill('[name=proof_password]', PASSWORD);
  await page.getByRole('button', { name: 'Bestätigen und weiter' }).first().click();
  await page.getByText('Das Konto ist gesperrt.').waitFor();

  await elsewhere.reload();
  expect(pathOf(elsewhere)).toBe('/office/sign-in');
  await elsewhere.fill('[name=email]', 'elif@example.org');
  await elsewhere.fill('[name=password]', PASSWORD);
  await elsewhere.getByRole('button', { name: 'Anmelden', exact: true }).click();
  await elsewhere.getByText('Dieses Konto ist gesperrt.').waitFor();
});

test('it is enabled again, and its second factor taken away by an act of its own', async () => {
  const elif = page.getByRole('listitem').filter({ hasText: 'elif@example.org' });
  await elif.getByText('Wieder freigeben').click();
  await page.getByRole('button', { name: 'Konto von Elif Demir freigeben' }).click();
  await page.getByText('Das Konto ist wieder freigegeben.').waitFor();
  await elif.getByText('Zweiten Faktor wegnehmen').click();
  await page.getByRole('button', { name: 'Zweiten Faktor von Elif Demir wegnehmen' }).click();
  await page.getByText('Der zweite Faktor ist weggenommen.').waitFor();
  expect(
    await page
      .locator('[data-act]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-act')).slice(0, 3)),
  ).toEqual(['second_factor_taken', 'account_enabled', 'account_disabled']);

  await elsewhere.fill('[name=email]', 'elif@example.org');
  await elsewhere.fill('[name=password]', PASSWORD);
  await elsewhere.getByRole('button', { name: 'Anmelden', exact: true }).click();
  await elsewhere.getByText('hat die Verwaltung Ihren zweiten Faktor weggenommen').waitFor();
});

test('what was typed is kept while a code proves who it is', async () => {
  forgetProofs();
  await page.goto(`${server.url}/office/integration/interfaces`);
  await page.fill('#name', 'Stadtapp');
  const scopes = page.locator('[name=scope]');
  await scopes.nth(0).check();
  await scopes.nth(1).check();
  await page.getByRole('button', { name: 'Zugangsschlüssel erstellen' }).click();
  await page.waitForURL('**/office/confirm?**');
  await page.getByText('Stattdessen mit dem Code aus der App').click();
  await page.fill('[name=proof_code]', nextTotpCode(key, Date.now()));
  await page.locator('details').getByRole('button', { name: 'Bestätigen und weiter' }).click();
  await page.getByText('Stadtapp').first().waitFor();
  expect(pathOf(page)).toBe('/office/integration/interfaces');
  const db = new DatabaseSync(path.join(server.dataFolder, 'einlass.sqlite'), { timeout: 5_000 });
  const token = db.prepare('select name, scopes from api_tokens').get();
  db.close();
  expect(token).toMatchObject({ name: 'Stadtapp' });
  expect(JSON.parse(String(token!.scopes))).toHaveLength(2);
});

test.each([
  ['light', 'de', '/office/accounts'],
  ['dark', 'ar', '/office/accounts'],
  ['light', 'de', '/office/confirm'],
  ['dark', 'ar', '/office/confirm'],
] as const)('no barrier that a machine can find, %s, %s: %s', async (colorScheme, language, where) => {
  const checked = await browser.newContext({
    colorScheme,
    bypassCSP: true,
    viewport: { width: 390, height: 844 },
    storageState: await context.storageState(),
  });
  await checked.addCookies([{ name: 'einlass_locale', value: language, url: server.url }]);
  const sheet = await checked.newPage();
  await sheet.goto(server.url + where);
  expect(pathOf(sheet)).toBe(where);
  await sheet.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
  expect(await allBarriers(sheet)).toEqual([]);
  await checked.close();
});
