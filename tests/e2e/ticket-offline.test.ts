import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import type { WorkgroupId } from '../../src/lib/domain/ids.ts';
import { millis } from '../../src/lib/domain/time.ts';
import { demoEvent } from '../../src/lib/server/demo-event.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { registerByForm } from '../../src/lib/server/form-registration.ts';
import { openInstallation } from '../../src/lib/server/installation.ts';
import { findTicketPage } from '../../src/lib/server/registrations.ts';
import { ticketLink } from '../../src/lib/server/tickets.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

/** Tickets on a phone that has no network any more: the server's process is really ended. */
const folder = mkdtempSync(join(tmpdir(), 'einlass-offline-'));
const data = join(folder, 'data');

let port: number;
let url: string;
let server: RunningServer;
let browser: Browser;
/** Tickets that no test has used yet. */
const tickets: { link: string; text: string }[] = [];

const start = () => startServer({ PORT: String(port), EINLASS_DATA: data, ORIGIN: url });

beforeAll(async () => {
  // By itself, the decoder would fetch its WebAssembly from the network.
  const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const wasmBinary = new Uint8Array(readFileSync(file)).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  port = await freePort();
  url = `http://localhost:${port}`;
  await registerPeople();
  [server, browser] = await Promise.all([start(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

let phone: BrowserContext;
let page: Page;
let ticket: (typeof tickets)[number];

beforeEach(async () => {
  ticket = tickets.pop()!;
  phone = await browser.newContext({ locale: 'de-DE', viewport: { width: 390, height: 844 } });
  page = await phone.newPage();
  return () => phone.close();
});

async function registerPeople(): Promise<void> {
  const installation = await openInstallation({
    dataFolder: data,
    clock: () => millis(Date.now()),
    log: pino({ level: 'silent' }),
    origin: url,
  });
  const eventId = await createEvent(installation, demoEvent(installation.clock()));
  for (let i = 0; i < 4; i++) {
    const outcome = await registerByForm(installation, eventId, {
      submissionId: crypto.randomUUID(),
      names: ['Fatma Yılmaz'],
      email: null,
      affiliation: null,
      workgroupId: 'w5' as WorkgroupId,
      secondChoiceId: null,
      needs: NO_NEEDS,
      locale: 'de',
      whenFull: null,
    });
    if (outcome.kind !== 'registered') throw new Error(outcome.kind);
    const { ticketText } = (await findTicketPage(installation.db, outcome.registrationId))!;
    tickets.push({ link: ticketLink(installation, outcome.registrationId), text: ticketText });
  }
  await installation.close();
}

/** Opens the ticket and waits until it says that it is stored. */
async function openAndKeep(path: string): Promise<void> {
  await page.goto(url + path);
  await page.locator('#kept').waitFor();
}

async function decoded(selector: string): Promise<string | undefined> {
  const picture = await page.locator(selector).first().screenshot();
  const [code] = await readBarcodes(picture, { formats: ['QRCode'] });
  return code?.text;
}

const caches = () => page.evaluate(() => window.caches.keys());
const kept = async () => (await caches()).filter((name) => name.startsWith('ticket '));

test.each([
  ['German', ''],
  ['Arabic', '/ar'],
])('a ticket in %s that was opened once opens without network, whole', async (_, prefix) => {
  const path = `${prefix}/ticket/${ticket.link}`;
  await openAndKeep(path);
  expect(await page.locator('.stored').isVisible()).toBe(false);
  await server.stop();

  const failed: string[] = [];
  page.on('requestfailed', (request) => failed.push(request.url()));
  await page.reload();
  expect(await decoded('#code svg')).toBe(ticket.text);
  expect(await page.textContent('#ticket-name')).toBe('Fatma Yılmaz');
  expect(await page.locator('.stored').isVisible()).toBe(true);
  // With the style and the fonts that it was shown with.
  expect(failed.filter((address) => address.includes('/_app/'))).toEqual([]);
  expect(await page.evaluate(() => document.fonts.check('16px "Source Sans 3 Variable"'))).toBe(true);

  await page.click('#code');
  expect(await decoded('#large')).toBe(ticket.text);
  await page.keyboard.press('Escape');

  server = await start();
  await page.reload();
  expect(await page.locator('.stored').isVisible()).toBe(false);
});

test('a cancelled ticket is gone from the phone', async () => {
  const path = `/ticket/${ticket.link}`;
  await openAndKeep(`/en${path}`);
  await openAndKeep(path);
  expect(await kept()).toHaveLength(2);
  await page.goto(`${url}${path}/cancel`);
  await page.locator('main form button').click();
  await page.locator('#ticket-state.bad').waitFor();
  expect(await kept()).toEqual([]);

  await server.stop();
  await expect(page.goto(url + path)).rejects.toThrow('net::ERR_');
  server = await start();
});

test('the door on the same device has a service worker of its own, and each keeps to itself', async () => {
  await openAndKeep(`/ticket/${ticket.link}`);
  expect((await caches()).filter((name) => name.includes('precache'))).toEqual([]);

  const door = await phone.newPage();
  await door.goto(`${url}/door`);
  const scopes = await door.evaluate(async () => {
    await navigator.serviceWorker.ready;
    return (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname);
  });
  expect(scopes.sort()).toEqual(['/door', '/ticket/']);
  expect((await caches()).filter((name) => name.includes('precache'))).toHaveLength(1);
  expect(await kept()).toHaveLength(1);

  await server.stop();
  await door.reload();
  await door.locator('#name').waitFor();
  await page.reload();
  expect(await decoded('#code svg')).toBe(ticket.text);
  server = await start();
});
