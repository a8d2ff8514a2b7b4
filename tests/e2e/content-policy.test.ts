import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeFilm } from './camera-film.ts';
import { dismiss, pairTablet, scanTyped, takeDoor } from './door-site.ts';
import { pairingCode, signUpOrganiser } from './office-site.ts';
import { register } from './public-site.ts';
import { BROWSER_ARGUMENTS, browserPath, freePort, startServer, type RunningServer } from './support.ts';

/** Everybody's way in a browser that is told what it may load and run: nothing that the app does is against it. */

const folder = mkdtempSync(path.join(tmpdir(), 'einlass-policy-'));
const film = path.join(folder, 'ticket.y4m');
let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let ticketText: string;
/** What a browser has refused, wherever: in pages, in workers, in the service worker. */
const refused: string[] = [];

beforeAll(async () => {
  const port = String(await freePort());
  server = await startServer({ PORT: port, ORIGIN: `http://localhost:${port}`, EINLASS_WELCOME: '1' });
  browser = await openCameraBrowser();
  context = await watchedContext();
  page = await context.newPage();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The film need not be there yet: it is read when a page opens the camera. */
function openCameraBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath(),
    args: [
      ...BROWSER_ARGUMENTS,
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ],
  });
}

async function watchedContext(): Promise<BrowserContext> {
  const watched = await browser.newContext({ locale: 'de-DE', viewport: { width: 1024, height: 768 } });
  watched.setDefaultTimeout(15_000);
  await watched.exposeFunction('noteViolation', (what: string) => void refused.push(what));
  await watched.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { noteViolation } = window as unknown as { noteViolation: (what: string) => void };
      const { effectiveDirective, blockedURI, sourceFile, sample } = event;
      noteViolation([location.pathname, effectiveDirective, blockedURI, sourceFile, sample].join(' '));
    });
  });
  // A worker's and a frame's are told by the console alone.
  watched.on('console', (message) => {
    if (/content security policy|trusted(html|script|scripturl)|permissions policy/i.test(message.text()))
      refused.push(message.text());
  });
  watched.on('weberror', (error) => refused.push(error.error().message));
  return watched;
}

const open = async (address: string): Promise<void> => {
  await page.goto(server.url + address, { waitUntil: 'load' });
  // Scripts have run when the page answers to them.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)));
};

test('a registrant reads, registers, and keeps the ticket', async () => {
  for (const address of ['/', '/integration', '/ar/integration', '/legal/privacy', '/integration/lost'])
    await open(address);
  await open('/integration/register');
  await page.click('#registration .send');
  await page.locator('#error-summary, [role="alert"]').first().waitFor();
  await register(page, server, { name: 'Fatma Yılmaz', email: 'fatma@example.org' });
  await page.locator('#kept').waitFor();
  const link = new URL(page.url()).pathname;
  await page.locator('#code svg').first().waitFor();
  const code = await page.locator('#code svg').first().screenshot();
  ticketText = await page.locator('#code').evaluate((element) => element.outerHTML);
  // A blank page has no policy, and unpacks the picture.
  const blank = await context.newPage();
  await writeFilm(film, code, blank);
  await blank.close();
  for (const below of ['/change', '/cancel', '/replace', '/erase']) await open(link + below);
  expect(ticketText).toContain('<svg');
  expect(refused).toEqual([]);
});

test('an organiser looks at every page of the office', async () => {
  await signUpOrganiser(page, server);
  const menu = page.locator('nav .menu a');
  const pages = await menu.evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).pathname));
  expect(pages.length).toBeGreaterThan(10);
  const live = new URL(page.url()).pathname;
  const more = ['texts', 'dates', 'rooms', 'checkpoints', 'translations/en'].map(
    (part) => `${live}/setup/${part}`,
  );
  for (const address of ['/office', '/office/account', '/office/new', ...pages, ...more]) await open(address);
  expect(refused).toEqual([]);

  // The letter is in a frame, which has a policy of its own.
  await open(`${live}/mails`);
  await page.locator(`a[href*="${live}/mails/"]`).first().click();
  await page.frameLocator('iframe').locator('body').waitFor();
  // Pictures that are at no address: the second factor's code, and a tablet's.
  await open('/office/account/second-factor');
  await page.fill('input[type="password"]', 'vier lange Worte hier');
  await page.locator('main form button').first().click();
  await page.locator('img[src^="data:"]').waitFor();
  await open(`${live}/wall`);
  await page.locator('main').waitFor();
  // Within the app, pages change without being loaded.
  await open(live);
  for (const address of pages.slice(1, 4)) {
    await page
      .locator(`nav a[href="${address}"]`)
      .first()
      .evaluate((link) => (link as HTMLElement).click());
    await page.waitForURL((url) => url.pathname === address);
  }
  expect(refused).toEqual([]);
  await open(live);
  await page.locator('.line.live').waitFor();
});

test('a tablet is paired, reads a ticket with its camera, and starts without the server', async () => {
  const code = await pairingCode(page);
  const tablet = await context.newPage();
  await pairTablet(tablet, server.url, code);
  await takeDoor(tablet);
  // The worker has compiled its WebAssembly, and the film shows the ticket.
  await tablet.locator('[data-verdict]').waitFor();
  expect(await tablet.locator('[data-verdict]').getAttribute('data-verdict')).toBeTruthy();
  await tablet.waitForFunction(
    async () => (await navigator.serviceWorker.ready).active?.state === 'activated',
  );
  await dismiss(tablet);
  expect(await scanTyped(tablet, 'no ticket at all')).toBe('invalid');
  expect(refused).toEqual([]);

  await context.setOffline(true);
  await tablet.reload();
  await tablet.getByTestId('enter-pin').waitFor();
  expect(refused.filter((what) => !/Failed to fetch|NetworkError/.test(what))).toEqual([]);
  await context.setOffline(false);
});

// The last, because it is what the others must not see.
test('the page that stands while nothing can be stored has its look', async () => {
  const server = await startServer();
  const visitor = await (await watchedContext()).newPage();
  await visitor.goto(`${server.url}/office/sign-in`);
  const database = new DatabaseSync(path.join(server.dataFolder, 'einlass.sqlite'));
  // Kept for longer than the server waits for its turn.
  database.exec('begin immediate');
  await visitor.fill('[name=email]', 'office@example.org');
  await visitor.fill('[name=password]', 'vier lange Worte hier');
  const [answer] = await Promise.all([
    visitor.waitForResponse((response) => response.request().method() === 'POST'),
    visitor.press('[name=password]', 'Enter'),
  ]);
  database.close();
  expect(answer.status()).toBe(503);
  await visitor.waitForLoadState();
  expect(await visitor.locator('main').evaluate((main) => getComputedStyle(main).maxWidth)).toBe('720px');
  expect(refused).toEqual([]);
  await visitor.context().close();
  await server.stop();
});

test('what is not allowed would be seen', async () => {
  await open('/integration');
  await page.evaluate(() => {
    const image = new Image();
    image.src = 'https://elsewhere.example/pixel.png';
    document.body.append(image);
    document.body.setAttribute('style', 'color: red');
  });
  await expect.poll(() => refused.join('\n')).toMatch(/img-src[^]*style-src-attr/);
  await expect(page.evaluate(() => void (document.body.innerHTML = '<p></p>'))).rejects.toThrow(
    /TrustedHTML/,
  );
  await expect(page.evaluate(() => new Worker('/anything.js'))).rejects.toThrow(/TrustedScriptURL/);
  await expect(page.evaluate(() => fetch('https://elsewhere.example/'))).rejects.toThrow();
});
