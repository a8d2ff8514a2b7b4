import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allBarriers } from './barrier-finders.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  const port = String(await freePort());
  const address = { PORT: port, ORIGIN: `http://localhost:${port}` };
  server = await startServer({ ...address, EINLASS_WELCOME: '1' });
  browser = await openBrowser();
  context = await browser.newContext({ locale: 'de-DE' });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('status of 40'))
      complaints.push(message.text());
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const password = 'vier lange Worte hier';

test('the office is closed to whoever is not signed in: its pages, its actions and its stream', async () => {
  const live = await fetch(`${server.url}/api/office/v1/events/0000000000000000/live`);
  expect(live.status).toBe(401);
  expect(await live.json()).toMatchObject({ code: 'signed_out' });
  const action = await fetch(`${server.url}/office/integration/devices?/pair`, {
    method: 'POST',
    headers: {
      origin: server.url,
      accept: 'text/html',
      'content-type': 'application/x-www-form-urlencoded',
    },
    redirect: 'manual',
  });
  expect(action.headers.get('location')).toBe('/office/sign-in?to=%2Foffice%2Fintegration%2Fdevices');
});

test('the link in the terminal makes the first organiser, who sees the event', async () => {
  const link = /\/office\/setup\/\S+/.exec(server.output())?.[0];
  await page.goto(server.url + link);
  await page.click('main button');
  expect(await page.locator('.error[id]').count()).toBe(3);
  await page.fill('[name=name]', 'Frank Mertens');
  await page.fill('[name=email]', 'office@example.org');
  await page.fill('[name=password]', password);
  await page.click('main button');
  await page.waitForURL('**/office/integration');
  await page.waitForSelector('.line.live');
  const [session] = (await context.cookies()).filter(({ name }) => name.includes('session'));
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', secure: false });
});

test('a pairing code pairs a tablet, which the page shows at once, and which can be unpaired', async () => {
  await page.getByRole('link', { name: 'Tablets verwalten' }).click();
  await page.getByRole('button', { name: 'Tablet koppeln' }).click();
  const code = await page.locator('p[translate=no]').innerText();
  const publicKey = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
  const paired = await fetch(`${server.url}/api/door/v1/pair`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, name: 'Saal links', publicKey }),
  });
  expect(paired.status).toBe(200);
  await page.getByText('Tablet „Saal links“ ist gekoppelt.').waitFor();
  await page.getByText('Fertig').click();
  await page.getByLabel('Tablet „Saal links“ umbenennen, sperren, entkoppeln').click();
  await page.getByText('Entkoppeln', { exact: true }).click();
  await page.getByRole('button', { name: 'Ja, „Saal links“ entkoppeln' }).click();
  await page.getByText(/Entkoppelt seit/).waitFor();
  await page.getByRole('link', { name: 'Übersicht' }).click();
  await page.waitForSelector('.line.live');
});

test.each(['light', 'dark'] as const)(
  'the live page has no barrier that a machine can find, %s',
  async (colorScheme) => {
    const checked = await browser.newContext({
      colorScheme,
      bypassCSP: true,
      viewport: { width: 390, height: 844 },
      storageState: await context.storageState(),
    });
    const sheet = await checked.newPage();
    await sheet.goto(`${server.url}/office/integration`);
    await sheet.waitForSelector('.line.live');
    expect(await allBarriers(sheet)).toEqual([]);
    await checked.close();
  },
);

test('what is typed before the page’s scripts have come stays', async () => {
  const slow = await context.newPage();
  let come = (): void => undefined;
  const scripts = new Promise<void>((resolve) => (come = resolve));
  await slow.route('**/_app/immutable/**/*.js', async (route) => {
    await scripts;
    await route.continue();
  });
  await slow.goto(`${server.url}/office/integration/interfaces`, { waitUntil: 'commit' });
  await slow.getByLabel('Adresse des Empfängers').fill('https://portal.example.org/');
  const tick = slow.locator('[name=kind]').first();
  await tick.check();
  come();
  // The choice of languages is there once the page has been taken over.
  await slow.locator('footer nav').waitFor();
  expect(await slow.getByLabel('Adresse des Empfängers').inputValue()).toBe('https://portal.example.org/');
  expect(await tick.isChecked()).toBe(true);
  await slow.close();
});

test('signing out in one window leads every other one to the sign-in, and back afterwards', async () => {
  const other = await context.newPage();
  await other.goto(`${server.url}/office/integration`);
  await other.getByRole('button', { name: 'Abmelden' }).click();
  await other.waitForURL('**/office/sign-in');
  await page.waitForURL('**/office/sign-in?to=*', { timeout: 30_000 });
  await page.fill('[name=email]', 'office@example.org');
  await page.fill('[name=password]', password);
  await page.click('main button');
  await page.waitForURL('**/office/integration');
  await page.waitForSelector('.line.live');
  expect(complaints).toEqual([]);
});
