import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ticketNumberOfText } from '../../src/lib/domain/ticket-number.ts';
import { closePanel, openPanel, pairTablet, scanTyped, takeDoor } from './door-site.ts';
import { pairingCode, signUpOrganiser } from './office-site.ts';
import { register } from './public-site.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

/** Everything at the door beside the camera: what is typed, whether the tablet is ready, practice. */
const folder = mkdtempSync(join(tmpdir(), 'einlass-readiness-'));

let url: string;
let server: RunningServer;
let browser: Browser;
let office: Page;
let tablet: BrowserContext;
let page: Page;

beforeAll(async () => {
  const port = await freePort();
  url = `http://localhost:${port}`;
  server = await startServer({
    PORT: String(port),
    EINLASS_DATA: folder,
    EINLASS_WELCOME: '1',
    ORIGIN: url,
  });
  browser = await openBrowser();
  office = await browser.newPage({ locale: 'de-DE' });
  await signUpOrganiser(office, server);
  for (const name of ['Ayşe Yılmaz', 'Jürgen Müller', 'Olena Shevchenko']) await registerGuest(name);
  tablet = await browser.newContext({ locale: 'de-DE', viewport: { width: 1024, height: 768 } });
  page = await tablet.newPage();
  await pairTablet(page, url, await newCode());
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await takeDoor(page);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A code that pairs one more tablet. */
async function newCode(): Promise<string> {
  await office.goto(`${url}/office/integration`);
  return pairingCode(office);
}

async function registerGuest(name: string): Promise<void> {
  const context = await browser.newContext({ locale: 'de-DE' });
  const page = await context.newPage();
  await page.goto(`${url}/integration/register`);
  await register(page, server, { name });
  await context.close();
}

/** What the server has in its database, read beside it. */
function query<Row>(sql: string): Row[] {
  const db = new DatabaseSync(join(folder, 'einlass.sqlite'), { readOnly: true });
  try {
    return db.prepare(sql).all() as Row[];
  } finally {
    db.close();
  }
}

const tickets = () =>
  query<{ text: string }>('select text from tickets order by rowid').map(({ text }) => text);
const scansInLog = () => query<{ count: number }>('select count(*) as count from scans')[0]!.count;

async function verdict(): Promise<string> {
  const screen = page.locator('[data-verdict]');
  await screen.waitFor();
  const word = (await screen.getAttribute('data-verdict'))!;
  await page.keyboard.press('Escape');
  await page.evaluate(() => document.querySelector<HTMLElement>('[data-verdict]')?.click());
  await screen.waitFor({ state: 'detached' });
  return word;
}

/** What a German layout makes of a US keyboard's keys. */
const GERMAN: Record<string, string> = {
  Y: 'Z',
  Z: 'Y',
  ':': 'Ö',
  '-': 'ß',
  '/': '-',
  '*': '(',
  '+': 'Dead',
};

/** Presses a text's keys as a hand scanner does, at once, wherever the focus is. */
async function wedge(text: string, layout: Record<string, string> = {}): Promise<void> {
  const codes: Record<string, string> = {
    ' ': 'Space',
    $: 'Digit4',
    '%': 'Digit5',
    '*': 'Digit8',
    '+': 'Equal',
    '-': 'Minus',
    '.': 'Period',
    '/': 'Slash',
    ':': 'Semicolon',
  };
  const keys = [...text].map((char) => ({
    key: layout[char] ?? char,
    code: codes[char] ?? (/\d/.test(char) ? `Digit${char}` : `Key${char}`),
    shiftKey: /[A-Z$%*+:]/.test(char),
  }));
  await page.evaluate((keys) => {
    const target = document.activeElement ?? document.body;
    for (const key of [...keys, { key: 'Enter', code: 'Enter', shiftKey: false }]) {
      target.dispatchEvent(new KeyboardEvent('keydown', { ...key, bubbles: true, cancelable: true }));
    }
  }, keys);
}

describe('what is typed', () => {
  test('a hand scanner is understood wherever the focus is, and with a German layout', async () => {
    const [ayse] = tickets();
    await page.getByTestId('menu').focus();
    await wedge(ayse!, GERMAN);
    expect(await verdict()).toBe('admitted');

    await openPanel(page, 'language');
    await wedge(ayse!);
    expect(await verdict()).toBe('already_inside');
    expect(await page.locator('dialog[data-panel]').count()).toBe(0);

    await page.fill('#typed', 'Mü');
    await page.focus('#typed');
    await wedge(ayse!, GERMAN);
    expect(await verdict()).toBe('already_inside');
    expect(await page.inputValue('#typed')).toBe('Mü');
    await page.fill('#typed', '');
  });

  test('real keys press no button on their way', async () => {
    await page.getByTestId('menu').focus();
    await page.keyboard.type('https://example.org/ a b c');
    await page.keyboard.press('Enter');
    expect(await page.locator(':popover-open').count()).toBe(0);
    expect(await verdict()).toBe('invalid');
  });

  test('a ticket’s number lets in whom the roster knows; another one is explained', async () => {
    const [, juergen] = tickets();
    const number = ticketNumberOfText(juergen!)!;
    expect(await scanTyped(page, number.toLowerCase().replace('-', ' '))).toBe('admitted');
    await verdict();
    expect(await scanTyped(page, '7K3M-9QXT')).toBe('invalid');
    await page.getByText('Diese Nummer steht nicht auf der Liste').waitFor();
    await verdict();
  });
});

/** Looks at one line of the readiness check. */
const check = (name: string, level: string, on = page) =>
  on.locator(`[data-check="${name}"][data-level="${level}"]`).waitFor();

describe('the readiness check', () => {
  test('proves the start without network, the storage and the roster, and plays the sound', async () => {
    await openPanel(page, 'readiness');
    for (const name of ['door', 'roster', 'storage', 'offline', 'decoder', 'clock', 'network', 'waiting']) {
      await check(name, 'good');
    }
    await page.locator('[data-action="play"]').click();
    await page.locator('[data-action="heard"]').click();
    await check('sound', 'good');
    // This browser has no camera.
    await check('camera', 'bad');
    await page.locator('[data-summary="bad"]').waitFor();
    await closePanel(page);
  });

  test('is not content with a service worker that lacks a file', async () => {
    const deleted = await page.evaluate(async () => {
      const name = (await caches.keys()).find((name) => name.includes('precache'))!;
      const cache = await caches.open(name);
      const request = (await cache.keys()).find(({ url }) => url.endsWith('.wasm'))!;
      const copy = await cache.match(request);
      (globalThis as { putBack?: () => Promise<void> }).putBack = () => cache.put(request, copy!);
      return cache.delete(request);
    });
    expect(deleted).toBe(true);
    await openPanel(page, 'readiness');
    await check('offline', 'bad');
    await page.evaluate(() => (globalThis as { putBack?: () => Promise<void> }).putBack!());
    await page.locator('[data-action="again"]').click();
    await check('offline', 'good');
    await closePanel(page);
  });

  test('turns for every other cause that a browser can be made to show', async () => {
    const context = await browser.newContext({ locale: 'de-DE', serviceWorkers: 'block' });
    await context.route('**/*.wasm', (route) => route.abort());
    await context.addInitScript(() => {
      const now = Date.now;
      const ahead = { hours: 3 };
      Object.assign(globalThis, { ahead });
      Date.now = () => now() + ahead.hours * 3_600_000;
      const refuse = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
      Object.defineProperty(navigator, 'mediaDevices', {
        value: { getUserMedia: refuse, enumerateDevices: refuse, addEventListener: () => undefined },
      });
      navigator.storage.persisted = () => Promise.resolve(false);
      navigator.storage.estimate = () => Promise.resolve({ usage: 0, quota: 1e6 });
      Object.assign(navigator, {
        getBattery: () => Promise.resolve({ level: 0.1, charging: false }),
      });
    });
    const other = await context.newPage();
    await pairTablet(other, url, await newCode(), 'Zweites');
    await other.locator('[data-open="readiness"]').click();
    for (const name of ['door', 'camera', 'decoder', 'offline', 'space', 'battery'])
      await check(name, 'bad', other);
    for (const name of ['sound', 'persisted', 'clock']) await check(name, 'warn', other);
    await other.getByText('Die Kamera ist nicht erlaubt').waitFor();
    await other.locator('dialog header button').click();

    await takeDoor(other);
    await context.setOffline(true);
    await other.evaluate(
      () => void ((globalThis as unknown as { ahead: { hours: number } }).ahead.hours += 24),
    );
    await scanTyped(other, 'nonsense');
    await other.evaluate(() => document.querySelector<HTMLElement>('[data-verdict]')?.click());
    await other.getByTestId('menu').click();
    await other.locator('nav [data-open="readiness"]').click();
    await check('roster', 'bad', other);
    for (const name of ['network', 'waiting']) await check(name, 'warn', other);
    await context.close();
  });
});

test('practice shows verdicts and real tickets for what they are, and nothing of it reaches the log', async () => {
  // What was scanned before is in the log, not on its way to it.
  await page.getByTestId('waiting').filter({ hasText: /^0 / }).waitFor();
  const before = scansInLog();
  const [, , olena] = tickets();
  await openPanel(page, 'practice');
  await page.locator('dialog .start button').click();
  await page.getByTestId('practice').waitFor();
  for (const [sample, word] of [
    ['admitted', 'admitted'],
    ['already_inside', 'already_inside'],
    ['revoked', 'revoked'],
  ] as const) {
    await openPanel(page, 'practice');
    await page.locator(`[data-sample="${sample}"] button`).click();
    expect(await verdict()).toBe(word);
  }
  await wedge(olena!);
  await page.getByText('Echtes Ticket – aber das ist nur eine Übung').waitFor();
  expect(await verdict()).toBe('other_event');

  await page.getByTestId('practice').getByRole('button').click();
  await page.getByTestId('practice').waitFor({ state: 'detached' });
  await wedge(olena!);
  expect(await verdict()).toBe('admitted');
  await page.getByTestId('waiting').filter({ hasText: /^0 / }).waitFor();
  expect(scansInLog()).toBe(before + 1);
  const left = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  expect(left).toEqual(['einlass-door']);
});
