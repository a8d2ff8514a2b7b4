// `npm run screenshots`: goes the way of a registrant, of a volunteer at the door and of an organiser through the built
// app, in a real browser, and keeps what they see in docs/screenshots.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { writeFilm } from '../tests/e2e/camera-film.ts';
import { PIN } from '../tests/e2e/door-site.ts';
import { signUpOrganiser } from '../tests/e2e/office-site.ts';
import { freePort, openBrowser, openEarlier, startServer, type RunningServer } from '../tests/e2e/support.ts';
import { startTabletBrowser, type TabletBrowser } from '../tests/e2e/tablet-browser.ts';
import { OtherTablet, signUp } from './screenshots-evening.ts';
import { withoutServer } from './screenshots-without-server.ts';
import { buildIfStale, root } from './setup.mjs';

const PHONE = { width: 390, height: 844 };
const TABLET = { width: 1024, height: 768 };
const TABLET_UPRIGHT = { width: 768, height: 1024 };
const DESK = { width: 1440, height: 900 };
const LIMIT = 1_500_000;
const MINUTE = 60_000;

const GUEST = { name: 'Ayşe Yılmaz', workgroup: 5 };
/** Each workgroup's evening: how many registered, and how many have found its room. */
const EVENING = [
  { registered: 18, came: 14 },
  { registered: 30, came: 30 },
  { registered: 9, came: 7 },
  { registered: 21, came: 12 },
  { registered: 28, came: 26 },
  { registered: 12, came: 0 },
  { registered: 7, came: 5 },
];
/** How many more of each workgroup are still in the hall. */
const STILL_IN_HALL = 2;

const folder = mkdtempSync(path.join(tmpdir(), 'einlass-screenshots-'));
const film = path.join(folder, 'ticket.y4m');
const pictures = new Map<string, Buffer>();

buildIfStale();
const port = await freePort();
const url = `http://localhost:${port}`;
const browser = await openBrowser();
let server = await start(0);
let tablet: TabletBrowser | undefined;

try {
  await signUpEverybody();
  const other = await OtherTablet.pair(url, codeOf(server), 'Eingang rechts');
  await registrant();

  // The evening itself: an hour after its beginning.
  await other.sync();
  await server.stop();
  const shift = other.startsAt + 65 * MINUTE - Date.now();
  other.shift = shift;
  server = await start(shift);
  await other.admitEverybody(EVENING, STILL_IN_HALL);

  const office = await organiser(shift);
  await volunteer(office, shift, () => other.admit(GUEST.name));
  await officePictures(office);
  await withoutServer(browser, picture);
  await keep();
} finally {
  await tablet?.kill();
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

function start(shift: number): Promise<RunningServer> {
  return startServer({
    PORT: String(port),
    EINLASS_DATA: path.join(folder, 'data'),
    EINLASS_WELCOME: '1',
    EINLASS_LOG_LEVEL: 'warn',
    // Everybody registers from here.
    EINLASS_FORMS_PER_ADDRESS: '1000',
    EINLASS_FORMS_PER_NETWORK: '1000',
    ORIGIN: url,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shiftedClock(shift))}`,
  });
}

/** A script after which it is that many milliseconds later, for the server and for browsers alike. */
function shiftedClock(shift: number): string {
  return `globalThis.Date = class extends Date {
    constructor(...given) { given.length > 0 ? super(...given) : super(Date.now()); }
    static now() { return super.now() + ${shift}; }
  };`;
}

/** The pairing code that the terminal shows. */
function codeOf(running: RunningServer): string {
  return /#pair=(\S+)/.exec(running.output())![1]!;
}

async function signUpEverybody(): Promise<void> {
  for (const [i, { registered }] of EVENING.entries()) {
    for (let n = 0; n < registered; n += 1) await signUp(server, i + 1);
  }
}

function open(viewport: { width: number; height: number }, options: BrowserContextOptions = {}) {
  const deviceScaleFactor = viewport === PHONE ? 2 : 1;
  return browser.newContext({ locale: 'de-DE', viewport, deviceScaleFactor, ...options });
}

async function picture(page: Page, name: string): Promise<void> {
  // Nothing is under the pointer, as on a touch screen.
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.fonts.ready);
  pictures.set(name, await page.screenshot({ animations: 'disabled', caret: 'hide' }));
}

/** Takes a picture in dark mode too. */
async function inTheDark(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture(page, `${name}-dark`);
  await page.emulateMedia({ colorScheme: 'light' });
}

async function registrant(): Promise<void> {
  const context = await open(PHONE);
  const page = await context.newPage();
  await page.goto(`${url}/integration`);
  await picture(page, 'event');
  await inTheDark(page, 'event');
  await page.locator('a[href$="/register"]').first().click();
  await page.locator('#name').waitFor();
  await picture(page, 'form');
  await page.fill('#name', GUEST.name);
  await page.fill('#email', 'ayse@example');
  await page.locator('main form button').click();
  await page.locator('#errors').waitFor();
  await picture(page, 'form-with-errors');
  await page.fill('#email', 'ayse@example.org');
  await page.check(`#workgroup-w${GUEST.workgroup}`);
  await page.evaluate(() => document.querySelector('[role=radiogroup]')!.scrollIntoView());
  await picture(page, 'form-workgroups');
  await page.check('#consent');
  await openEarlier(page, server);
  await page.locator('main form button').click();
  await page.waitForURL(/\/ticket\//);
  await picture(page, 'ticket');
  await inTheDark(page, 'ticket');
  await writeFilm(film, await page.screenshot({ clip: { x: 0, y: 0, width: 390, height: 700 } }), page, {
    width: 1024,
    height: 768,
    rate: 4,
    shown: 4,
    hidden: 3,
  });
  await context.close();
}

async function organiser(shift: number): Promise<Page> {
  const context = await open(DESK);
  await context.addInitScript(shiftedClock(shift));
  const page = await context.newPage();
  await signUpOrganiser(page, server);
  return page;
}

async function volunteer(office: Page, shift: number, meanwhile: () => Promise<void>): Promise<void> {
  await office.goto(`${url}/office/integration/devices`);
  await office.locator('form[action*="pair"] button').click();
  const code = await office.locator('p[translate="no"]').textContent();
  await picture(office, 'office-pairing');
  await office.goto(`${url}/office/integration`);
  tablet = await startTabletBrowser(path.join(folder, 'tablet'), film);
  const { page } = tablet;
  await page.addInitScript(shiftedClock(shift));
  await page.addInitScript(() => location.origin !== 'null' && localStorage.setItem('einlass_locale', 'de'));
  await page.setViewportSize(TABLET);

  await page.goto(`${url}/door#pair=${code!.trim()}`);
  await page.fill('#name', 'Eingang links');
  await picture(page, 'pairing');
  await page.locator('form button').click();
  await page.fill('#pin', PIN);
  await picture(page, 'pin');
  await page.press('#pin', 'Enter');
  await page.getByRole('radio').first().waitFor();
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.getByRole('radio').first().check();
  await picture(page, 'choice-of-door');
  await page.setViewportSize(TABLET_UPRIGHT);
  await picture(page, 'choice-of-door-upright');
  await page.setViewportSize(TABLET);

  await page.context().setOffline(true);
  await meanwhile();
  await page.locator('form button.primary').click();
  await verdict(page, 'admitted');
  await page.locator('[data-verdict]').click();
  await page.locator('.offline').waitFor();
  await picture(page, 'scanning-offline');
  await verdict(page, 'already_inside');
  await page.context().setOffline(false);
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await page.locator('[data-verdict]').click();
  await page.locator('[data-testid="waiting"]', { hasText: /^0 / }).waitFor();
  await picture(page, 'scanning');
  await inTheDark(page, 'scanning');
  await page.setViewportSize(TABLET_UPRIGHT);
  await picture(page, 'scanning-upright');

  await page.getByTestId('menu').click();
  await page.locator('#door-menu button').first().click();
  await page.getByRole('radio').nth(3).check();
  await page.locator('form button.primary').click();
  await verdict(page, 'wrong_workgroup');
}

async function verdict(page: Page, word: string): Promise<void> {
  await page.locator(`[data-verdict="${word}"]`).waitFor({ timeout: 30_000 });
  await picture(page, `verdict-${word.replace('_', '-')}`);
}

async function officePictures(office: Page): Promise<void> {
  await office.goto(`${url}/office/integration`);
  await office.locator('#conflicts').waitFor();
  await office.evaluate(() => window.scrollTo(0, 0));
  await picture(office, 'office');
  await inTheDark(office, 'office');
}

/** Writes the pictures as WebP, which Chromium can make and which takes a quarter of what PNG does. */
async function keep(): Promise<void> {
  const target = path.join(root, 'docs', 'screenshots');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const context = await browser.newContext();
  const page = await context.newPage();
  let total = 0;
  for (const [name, png] of pictures) {
    const webp = Buffer.from(await page.evaluate(toWebp, png.toString('base64')), 'base64');
    writeFileSync(path.join(target, `${name}.webp`), webp);
    total += webp.length;
    console.log(`${name}.webp  ${Math.ceil(webp.length / 1000)} kB`);
  }
  console.log(`${pictures.size} pictures, ${Math.ceil(total / 1000)} kB`);
  if (total > LIMIT) throw new Error(`That is more than the ${LIMIT / 1000} kB that a clone shall carry.`);
}

/** Runs in the browser. */
async function toWebp(png: string): Promise<string> {
  const picture = new Image();
  picture.src = `data:image/png;base64,${png}`;
  await picture.decode();
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext('2d')!.drawImage(picture, 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.85 });
  let bytes = '';
  for (const byte of new Uint8Array(await blob.arrayBuffer())) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}
