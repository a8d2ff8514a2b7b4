import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dismiss, pairTablet, scanTyped, takeDoor } from './door-site.ts';
import { pairingCode, signUpOrganiser } from './office-site.ts';
import { register } from './public-site.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

/**
 * The whole way of an event through the office, in real browsers: set up from nothing, three people, two doors without
 * network, a conflict, the list, the report, and in the end nothing personal is left.
 */

const SLUG = 'forum';
const GUESTS = ['Ayşe Yılmaz', 'Jörg Müller', 'Олена Коваль'];

let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let office: Page;
let left: Page;
let right: Page;
const tickets: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  const port = String(await freePort());
  const address = { PORT: port, ORIGIN: `http://localhost:${port}` };
  server = await startServer({ ...address, EINLASS_WELCOME: '1' });
  browser = await openBrowser();
  context = await browser.newContext({ locale: 'de-DE', viewport: { width: 1280, height: 900 } });
  office = await context.newPage();
  office.on('pageerror', (error) => complaints.push(error.message));
  await signUpOrganiser(office, server);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** A moment so many minutes from now, as a form has it: the time in Germany. */
function inMinutes(minutes: number): string {
  const moment = new Date(Date.now() + minutes * 60_000);
  return moment.toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' }).slice(0, 16).replace(' ', 'T');
}

const open = (path = '') => office.goto(`${server.url}/office/${SLUG}${path}`);

async function save(): Promise<void> {
  await office.getByRole('button', { name: 'Speichern' }).first().click();
  await office.getByText('Gespeichert.', { exact: true }).waitFor();
}

test('an event is set up from nothing and published', async () => {
  await office.goto(`${server.url}/office/new`);
  await office.fill('#title', 'Offenes Forum');
  await office.fill('#slug', SLUG);
  await office.fill('#startsAt', inMinutes(30));
  await office.fill('#endsAt', inMinutes(180));
  await office.fill('#venue', 'Rathaus, Ratssaal');
  await office.fill('#capacity', '80');
  await office.fill('#workgroups', 'Bildung\nWohnen');
  await office.fill('#places', '20');
  await office.getByRole('button', { name: 'Veranstaltung anlegen' }).click();
  await office.getByText('Die Veranstaltung ist angelegt.').waitFor();
  await open('/setup/dates');
  await office.fill('#registrationUntil', inMinutes(29));
  await save();
  await open('/setup');
  await office.getByRole('button', { name: 'Veröffentlichen' }).click();
  await office.getByText('Die Veranstaltung ist veröffentlicht.').waitFor();
});

test('three people register and have their tickets', async () => {
  for (const [index, name] of GUESTS.entries()) {
    const guest = await (await browser.newContext({ locale: 'de-DE' })).newPage();
    await guest.goto(`${server.url}/${SLUG}/register`);
    await register(guest, server, { name, email: `gast${index}@example.org`, workgroup: 'w1' });
    tickets.push(await guest.locator('.number bdi').first().innerText());
    await guest.context().close();
  }
  await open('/registrations');
  await office.getByText('Anmeldungen: 3').waitFor();
});

test('two tablets are paired; without network both let in the same ticket', async () => {
  const tablet = async (name: string): Promise<Page> => {
    const own = await browser.newContext({ locale: 'de-DE', viewport: { width: 1024, height: 768 } });
    const page = await own.newPage();
    await open();
    await pairTablet(page, server.url, await pairingCode(office), name);
    await takeDoor(page);
    return page;
  };
  left = await tablet('Eingang links');
  right = await tablet('Eingang rechts');
  for (const page of [left, right]) await page.context().setOffline(true);
  expect(await scanTyped(left, tickets[0]!)).toBe('admitted');
  await dismiss(left);
  expect(await scanTyped(left, tickets[1]!)).toBe('admitted');
  expect(await scanTyped(right, tickets[0]!)).toBe('admitted');
  for (const page of [left, right]) {
    await dismiss(page);
    await page.context().setOffline(false);
  }
});

test('the office settles what two doors could not know: it was two persons', async () => {
  await open();
  await office.getByText('1 Fall ist zu klären').first().waitFor({ timeout: 30_000 });
  await open('/conflicts');
  const card = office.locator('article');
  await card.getByRole('radio', { name: /^Zwei Personen/ }).check();
  await card.getByRole('button', { name: 'Entscheidung speichern' }).click();
  await office.getByText('Die Entscheidung ist gespeichert.').waitFor();
  await open();
  expect(await office.title()).toMatch(/^3 /);
  for (const page of [left, right])
    await page.getByTestId('headcount').filter({ hasText: /\b3\b/ }).waitFor({ timeout: 30_000 });
});

test('the list goes out as a table, and the report tells who came', async () => {
  await open('/registrations');
  const [download] = await Promise.all([
    office.waitForEvent('download'),
    office.getByRole('link', { name: 'Diese Liste herunterladen' }).click(),
  ]);
  const table = readFileSync(await download.path(), 'utf8');
  for (const name of GUESTS) expect(table).toContain(name);
  const report = await context.request.get(`${server.url}/office/${SLUG}/report.pdf`);
  expect((await report.body()).subarray(0, 5).toString()).toBe('%PDF-');
});

test('when it is over, everything personal is erased on the typed word, and the figures stay', async () => {
  await open('/setup/dates');
  await office.fill('#startsAt', inMinutes(-60));
  await office.fill('#endsAt', inMinutes(-1));
  await office.fill('#registrationUntil', inMinutes(-61));
  await office.fill('#admissionFrom', inMinutes(-120));
  await office.fill('#admissionUntil', inMinutes(-1));
  await save();
  const figures = async () => {
    await open('/report');
    return office.locator('#overview ~ dl').allInnerTexts();
  };
  const before = await figures();
  expect(before.join(' ')).toMatch(/Angemeldet\s+3/);
  await open('/erasure');
  await office.fill('#confirm', SLUG);
  await office.getByRole('button', { name: 'Endgültig löschen' }).click();
  await office.getByText('Was es war, steht unten.').waitFor();
  expect(await office.locator('[data-kind=registrations]').innerText()).toBe('3');
  expect(await figures()).toEqual(before);
  await open('/registrations');
  for (const name of GUESTS) expect(await office.content()).not.toContain(name);
  await open('/acts');
  const acts = await office.locator('[data-act]').evaluateAll((rows) => rows.map((row) => row.dataset.act));
  for (const act of ['event_created', 'conflict_settled', 'registrations_exported', 'event_erased'])
    expect(acts).toContain(act);
  expect(complaints).toEqual([]);
});
