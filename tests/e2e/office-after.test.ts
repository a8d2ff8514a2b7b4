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
  await guest.goto(`${server.url}/integration/register`);
  await register(guest, server, { name: 'Ayşe Yılmaz', email: 'ayse@example.org' });
  await guest.close();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const office = () => `${server.url}/office/integration`;

test('what is printed comes as documents, of one workgroup or of all', async () => {
  await page.goto(`${office()}/print`);
  await page.getByRole('heading', { name: 'Namensschilder', exact: true }).waitFor();
  for (const file of ['print/lists.pdf', 'print/badges.pdf?workgroup=w1&qr=yes', 'report.pdf']) {
    const answer = await context.request.get(`${office()}/${file}`);
    expect(answer.headers()['content-type']).toBe('application/pdf');
    expect((await answer.body()).subarray(0, 5).toString()).toBe('%PDF-');
  }
});

test('the time that data is kept is settable, and stands on the privacy notice', async () => {
  await page.goto(`${office()}/erasure`);
  await page.fill('#days', 'bald');
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByText('Geben Sie eine ganze Zahl von 1 bis 365 ein.').waitFor();
  expect(await page.inputValue('#days')).toBe('bald');
  await page.fill('#days', '10');
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.locator('.notice.good').waitFor();
  const told = /spätestens am (.*?)\./.exec(await page.locator('#days-hint').innerText())![1]!;
  await page.goto(`${server.url}/integration/privacy`);
  expect(await page.locator('#until + p').innerText()).toContain(told.trim());
});

test('after the event, everything personal is erased on the typed word, and the figures stay', async () => {
  await page.goto(`${office()}/erasure`);
  await page.getByText('Das geht erst, wenn die Veranstaltung zu Ende ist').waitFor();
  const database = new DatabaseSync(path.join(server.dataFolder, 'einlass.sqlite'));
  database.prepare('update events set ends_at = ?').run(Date.now() - 1000);
  database.close();
  await page.goto(`${office()}/report`);
  const figures = () => page.locator('#overview ~ dl').allInnerTexts();
  const before = await figures();
  expect(before.join()).toContain('Angemeldet');
  await page.getByRole('link', { name: 'Aufbewahren und Löschen' }).last().click();
  await page.fill('#confirm', 'ja');
  await page.getByRole('button', { name: 'Endgültig löschen' }).click();
  await page.getByText('Schreiben Sie hier genau: integration').waitFor();
  await page.fill('#confirm', 'integration');
  await page.getByRole('button', { name: 'Endgültig löschen' }).click();
  await page.getByText('Was es war, steht unten.').waitFor();
  expect(await page.locator('[data-kind=registrations]').innerText()).toBe('1');
  await page.goto(`${office()}/report`);
  expect(await figures()).toEqual(before);
  await page.goto(`${office()}/acts`);
  await page.locator('tr[data-act=event_erased]').waitFor();
  await page.goto(`${office()}/registrations`);
  expect(await page.content()).not.toContain('Ayşe');
});

test.each(
  (['report', 'erasure', 'print'] as const).flatMap((sheet) => [
    [sheet, 'light', 'ar'] as const,
    [sheet, 'dark', 'de'] as const,
  ]),
)('no barrier that a machine can find: %s, %s, %s', async (sheet, colorScheme, language) => {
  const checked = await browser.newContext({
    colorScheme,
    bypassCSP: true,
    viewport: { width: 390, height: 844 },
    storageState: await context.storageState(),
  });
  await checked.addCookies([{ name: 'einlass_locale', value: language, url: server.url }]);
  const looked = await checked.newPage();
  await looked.goto(`${office()}/${sheet}`);
  expect(await looked.getAttribute('html', 'lang')).toBe(language);
  expect(await allBarriers(looked)).toEqual([]);
  await checked.close();
  expect(complaints).toEqual([]);
});
