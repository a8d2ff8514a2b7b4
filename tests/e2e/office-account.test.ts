import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allBarriers } from './barrier-finders.ts';
import { OidcProvider } from '../support/oidc-provider.ts';
import { nextTotpCode, totpCode } from '../support/totp.ts';
import { signUpOrganiser } from './office-site.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

const PASSWORD = 'vier lange Worte hier';
const EMAIL = 'frank.mertens@example.org';

let city: OidcProvider;
let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let key: string;
let recoveryCodes: string[];
const complaints: string[] = [];

beforeAll(async () => {
  const port = String(await freePort());
  const origin = `http://localhost:${port}`;
  city = new OidcProvider(origin);
  const provider = await city.start();
  server = await startServer({
    PORT: port,
    ORIGIN: origin,
    EINLASS_WELCOME: '1',
    EINLASS_OIDC_ISSUER: provider.issuer,
    EINLASS_OIDC_CLIENT_ID: provider.clientId,
    EINLASS_OIDC_CLIENT_SECRET: provider.clientSecret,
    EINLASS_OIDC_NAME: 'Stadt-Login',
  });
  browser = await openBrowser();
  context = await browser.newContext({ locale: 'de-DE' });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('status of 40'))
      complaints.push(message.text());
  });
  await signUpOrganiser(page, server);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await city?.stop();
});

async function typePassword(sheet: Page): Promise<void> {
  await sheet.goto(`${server.url}/office/sign-in`);
  await sheet.fill('[name=email]', EMAIL);
  await sheet.fill('[name=password]', PASSWORD);
  await sheet.getByRole('button', { name: 'Anmelden', exact: true }).click();
}

test('the second factor is set up by a code, and its recovery codes are a file, too', async () => {
  await page.getByRole('link', { name: 'Mein Konto' }).click();
  await page.getByRole('link', { name: 'Zweiten Faktor einrichten' }).click();
  await page.fill('[name=password]', PASSWORD);
  await page.getByRole('button', { name: 'Weiter' }).click();
  await page.getByAltText('QR-Code, mit dem die App eingerichtet wird').waitFor();
  key = (await page.locator('.key').textContent())!.trim();
  await page.fill('[name=code]', '12 34');
  await page.getByRole('button', { name: 'Einschalten' }).click();
  await page.getByText('Der Code stimmt nicht').waitFor();
  // The same key is still there, for an app that has taken it up already.
  expect((await page.locator('.key').textContent())!.trim()).toBe(key);
  await page.fill('[name=code]', totpCode(key, Date.now()));
  await page.getByRole('button', { name: 'Einschalten' }).click();
  await page.getByText('Die Codes werden nur jetzt gezeigt.').waitFor();
  recoveryCodes = await page.locator('ol code').allInnerTexts();
  expect(recoveryCodes).toHaveLength(10);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Als Datei speichern' }).click(),
  ]);
  const file = readFileSync(await download.path(), 'utf8');
  for (const code of recoveryCodes) expect(file).toContain(code);
  await page.getByRole('link', { name: 'Fertig, ich habe sie' }).click();
  await page.getByText('Übrige Wiederherstellungscodes: 10').waitFor();
});

test('signed out, one signs in with password and code, and comes to where one wanted to', async () => {
  await page.getByRole('button', { name: 'Abmelden', exact: true }).click();
  await page.waitForURL('**/office/sign-in');
  await page.goto(`${server.url}/office/account`);
  await page.fill('[name=email]', EMAIL);
  await page.fill('[name=password]', PASSWORD);
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
  await page.waitForURL('**/office/sign-in/code?**');
  await page.fill('[name=code]', '000000');
  await page.getByRole('button', { name: 'Anmelden', exact: true }).first().click();
  await page.getByText('Der Code stimmt nicht').waitFor();
  await page.fill('[name=code]', nextTotpCode(key, Date.now()));
  await page.getByRole('button', { name: 'Anmelden', exact: true }).first().click();
  await page.waitForURL('**/office/account');
});

test('without JavaScript and without the phone, a recovery code is enough; the other session is then ended', async () => {
  const elsewhere = await browser.newContext({ javaScriptEnabled: false, locale: 'de-DE' });
  const sheet = await elsewhere.newPage();
  await typePassword(sheet);
  await sheet.waitForURL('**/office/sign-in/code?**');
  await sheet.getByText('Ohne Telefon anmelden').click();
  await sheet.fill('[name=recovery]', recoveryCodes[0]!.toLowerCase());
  await sheet.locator('details button').click();
  await sheet.waitForURL('**/office/integration');

  await page.reload();
  await page.getByText('Übrige Wiederherstellungscodes: 9').waitFor();
  expect(await page.getByText('dieses Gerät').count()).toBe(1);
  await page.getByRole('button', { name: 'Dort abmelden' }).click();
  await page.getByText('Dort sind Sie jetzt abgemeldet.').waitFor();
  expect(await page.getByRole('button', { name: 'Dort abmelden' }).count()).toBe(0);
  await sheet.reload();
  expect(new URL(sheet.url()).pathname).toBe('/office/sign-in');
  await elsewhere.close();
});

test('the city’s login opens the account once it is connected, and lets no stranger in', async () => {
  city.person = { sub: 'frank', email: EMAIL, email_verified: true, name: 'Frank Mertens' };
  const elsewhere = await browser.newContext({ locale: 'de-DE' });
  const sheet = await elsewhere.newPage();
  await sheet.goto(`${server.url}/office/sign-in`);
  await sheet.getByRole('link', { name: 'Mit Stadt-Login anmelden' }).click();
  await sheet.getByText('gibt es schon ein Konto mit Passwort').waitFor();

  await page.goto(`${server.url}/office/account`);
  await page.getByRole('link', { name: 'Mit Stadt-Login verbinden' }).click();
  await page.getByText('Ihr Konto ist mit Stadt-Login verbunden').first().waitFor();

  await sheet.getByRole('link', { name: 'Mit Stadt-Login anmelden' }).click();
  await sheet.waitForURL('**/office/integration');
  await elsewhere.clearCookies();
  city.person = { sub: 'stranger', email: 'stranger@example.org', email_verified: true };
  await sheet.goto(`${server.url}/office/sign-in`);
  await sheet.getByRole('link', { name: 'Mit Stadt-Login anmelden' }).click();
  await sheet.getByText('gibt es hier noch kein Konto').waitFor();
  await elsewhere.close();
});

test.each([
  ['light', 'de', '/office/account'],
  ['dark', 'ar', '/office/account'],
  ['light', 'ar', '/office/account/second-factor'],
  ['dark', 'de', '/office/account/second-factor'],
  ['light', 'de', '/office/sign-in'],
  ['dark', 'ar', '/office/sign-in/code'],
] as const)('no barrier that a machine can find, %s, %s: %s', async (colorScheme, language, path) => {
  const signsIn = path.startsWith('/office/sign-in');
  const checked = await browser.newContext({
    colorScheme,
    bypassCSP: true,
    viewport: { width: 390, height: 844 },
    ...(!signsIn && { storageState: await context.storageState() }),
  });
  const sheet = await checked.newPage();
  await checked.addCookies([{ name: 'einlass_locale', value: 'de', url: server.url }]);
  if (path.endsWith('/code')) await typePassword(sheet);
  await checked.addCookies([{ name: 'einlass_locale', value: language, url: server.url }]);
  await sheet.goto(server.url + path);
  expect(await sheet.getAttribute('html', 'lang')).toBe(language);
  expect(new URL(sheet.url()).pathname).toBe(path);
  expect(await allBarriers(sheet)).toEqual([]);
  await checked.close();
});

test('nobody has complained in the console', () => {
  expect(complaints).toEqual([]);
});
