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
/** Somebody who has no account. */
let guest: Page;
let complaints: string[];

beforeAll(async () => {
  ({ server, browser, context, page, complaints } = await openOffice());
  guest = await (await browser.newContext({ locale: 'de-DE' })).newPage();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** A day that is still to come, at this time, as a form has it. */
function inDays(days: number, time: string): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T${time}`;
}

const publicStatus = async (): Promise<number> => (await guest.goto(`${server.url}/offenes-forum`))!.status();

test('an event is made of a title, a time and a venue; the address comes by itself', async () => {
  await page.goto(`${server.url}/office?all`);
  await page.getByRole('link', { name: 'Neue Veranstaltung' }).click();
  await page.waitForURL('**/office/new');
  await page.fill('#title', 'Offenes Forum');
  expect(await page.inputValue('#slug')).toBe('offenes-forum');
  await page.fill('#startsAt', inDays(30, '18:00'));
  await page.fill('#endsAt', inDays(30, '17:00'));
  await page.fill('#venue', 'Rathaus, Ratssaal');
  await page.fill('#capacity', '80');
  await page.fill('#workgroups', 'Bildung\nWohnen\n');
  await page.fill('#places', '20');
  await page.getByRole('button', { name: 'Veranstaltung anlegen' }).click();
  await page.getByRole('link', { name: /Das Ende muss nach dem Beginn liegen/ }).click();
  expect(await page.evaluate('document.activeElement.id')).toBe('endsAt');
  expect(await page.inputValue('#workgroups')).toBe('Bildung\nWohnen\n');
  await page.fill('#endsAt', inDays(30, '21:00'));
  await page.getByRole('button', { name: 'Veranstaltung anlegen' }).click();
  await page.getByText('Die Veranstaltung ist angelegt.').waitFor();
  expect(new URL(page.url()).pathname).toBe('/office/offenes-forum/setup');
});

test('nobody but its team sees it, until it is published', async () => {
  expect(await publicStatus()).toBe(404);
  await page.getByRole('link', { name: 'Vorschau' }).click();
  await page.getByText('Diese Seite sehen nur Sie und Ihr Team.').waitFor();
  expect(await page.locator('h1').innerText()).toBe('Offenes Forum');
  await page.locator('#register').click();
  await page.locator('#registration').waitFor();
  await page.getByRole('link', { name: 'Zurück zur Einrichtung' }).click();
  await page.waitForURL('**/office/offenes-forum/setup');
});

test('two who write at once: the second is told what is stored, and can still save', async () => {
  const texts = `${server.url}/office/offenes-forum/setup/texts`;
  await page.goto(texts);
  const other = await context.newPage();
  await other.goto(texts);
  await other.fill('#introduction', 'Reden Sie mit!');
  await other.getByRole('button', { name: 'Speichern' }).click();
  await other.getByText('Gespeichert.', { exact: true }).waitFor();
  await other.close();
  await page.fill('#introduction', 'Kommen Sie!');
  await page.fill('#point-time-0', '18:00');
  await page.fill('#point-title-0', 'Begrüßung');
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByText('Jemand anderes hat hier inzwischen etwas geändert').waitFor();
  expect(await page.locator('#introduction-stored').innerText()).toContain('Reden Sie mit!');
  expect(await page.inputValue('#introduction')).toBe('Kommen Sie!');
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByText('Gespeichert.', { exact: true }).waitFor();
  expect(await page.inputValue('#introduction')).toBe('Kommen Sie!');
});

test('it is translated, and more workgroups are added', async () => {
  await page.getByRole('link', { name: /English/ }).click();
  await page.waitForURL('**/translations/en');
  await page.fill('#title', 'Open Forum');
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByText('Gespeichert.', { exact: true }).waitFor();
  await page.goto(`${server.url}/office/offenes-forum/setup/rooms`);
  await page.fill('#new-groups', 'Sport');
  await page.check('#room-remove-w1');
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByRole('link', { name: /In diesem Raum trifft sich eine Arbeitsgruppe/ }).waitFor();
  await page.uncheck('#room-remove-w1');
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByText('Gespeichert.', { exact: true }).waitFor();
  expect(await page.inputValue('#group-title-w3')).toBe('Sport');
});

test('it is published, somebody registers, and registration is closed', async () => {
  await page.goto(`${server.url}/office/offenes-forum/setup`);
  await page.getByRole('button', { name: 'Veröffentlichen' }).click();
  await page.getByText('Die Veranstaltung ist veröffentlicht.').waitFor();
  expect(await publicStatus()).toBe(200);
  await guest.locator('#register').click();
  await register(guest, server, { name: 'Ayşe Yılmaz', email: 'ayse@example.org', workgroup: 'w3' });
  expect(await guest.locator('body').innerText()).toContain('Sport');
  await page.getByRole('button', { name: 'Anmeldung schließen' }).click();
  await page.getByText('Die Anmeldung ist geschlossen.').waitFor();
  expect(await publicStatus()).toBe(200);
  await guest.getByText('Die Anmeldung ist geschlossen').waitFor();
  expect(await guest.locator('#register').count()).toBe(0);
  await guest.goto(`${server.url}/en/offenes-forum`);
  expect(await guest.locator('h1').innerText()).toBe('Open Forum');
  await page.goto(`${server.url}/office/offenes-forum/acts`);
  const acts = await page.locator('tbody').innerText();
  for (const act of ['Anmeldung geschlossen', 'Veranstaltung veröffentlicht', 'Veranstaltung angelegt'])
    expect(acts).toContain(act);
});

test('without JavaScript, a former event is the beginning of a new one', async () => {
  const plain = await browser.newContext({
    javaScriptEnabled: false,
    locale: 'de-DE',
    storageState: await context.storageState(),
  });
  const sheet = await plain.newPage();
  await sheet.goto(`${server.url}/office/new`);
  await sheet.selectOption('#from', 'offenes-forum');
  await sheet.getByRole('button', { name: 'Übernehmen' }).click();
  expect(await sheet.inputValue('#title')).toBe('Offenes Forum');
  await sheet.fill('#slug', 'Forum-2');
  await sheet.fill('#startsAt', inDays(60, '18:00'));
  await sheet.fill('#endsAt', inDays(60, '21:00'));
  await sheet.getByRole('button', { name: 'Veranstaltung anlegen' }).click();
  await sheet.getByText('Die Veranstaltung ist angelegt.').waitFor();
  await sheet.goto(`${server.url}/office/forum-2/setup/rooms`);
  expect(await sheet.inputValue('#group-title-w3')).toBe('Sport');
  await plain.close();
  expect(complaints).toEqual([]);
});

test.each([
  ['light', 'de', 'new'],
  ['dark', 'ar', 'new'],
  ['light', 'de', 'forum-2/setup'],
  ['dark', 'ar', 'offenes-forum/setup'],
  ['light', 'ar', 'forum-2/setup/texts'],
  ['dark', 'de', 'forum-2/setup/translations/ar'],
  ['light', 'de', 'forum-2/setup/dates'],
  ['dark', 'ar', 'forum-2/setup/rooms'],
  ['light', 'ar', 'forum-2/setup/checkpoints'],
] as const)('no barrier that a machine can find, %s, %s: %s', async (colorScheme, language, path) => {
  const checked = await browser.newContext({
    colorScheme,
    bypassCSP: true,
    viewport: { width: 390, height: 844 },
    storageState: await context.storageState(),
  });
  await checked.addCookies([{ name: 'einlass_locale', value: language, url: server.url }]);
  const sheet = await checked.newPage();
  await sheet.goto(`${server.url}/office/${path}`);
  expect(await sheet.getAttribute('html', 'lang')).toBe(language);
  expect(await allBarriers(sheet)).toEqual([]);
  await checked.close();
});
