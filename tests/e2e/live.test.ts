import { mkdirSync, readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { handIn, scanOf, seedEvening, type Evening } from './evening.ts';
import { signUpOrganiser } from './office-site.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

/** The live page and the wall on the evening itself: what they show, how soon, and what they do when the server goes. */
let evening: Evening;
let environment: Record<string, string>;
let url: string;
let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let live: Page;
let wall: Page;
const complaints: string[] = [];

const PATH = '/office/integration';

beforeAll(async () => {
  evening = await seedEvening();
  const port = String(await freePort());
  url = `http://localhost:${port}`;
  environment = { PORT: port, ORIGIN: url, EINLASS_DATA: evening.folder, EINLASS_WELCOME: '1' };
  server = await startServer(environment);
  browser = await openBrowser();
  context = await browser.newContext({ locale: 'de-DE', viewport: { width: 1920, height: 1080 } });
  live = await context.newPage();
  await signUpOrganiser(live, server);
  wall = await context.newPage();
  for (const page of [live, wall]) page.on('pageerror', (error) => complaints.push(error.message));
  await wall.goto(`${url}${PATH}/wall`);
  await wall.locator('footer .live').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  evening?.remove();
});

const total = (page: Page) => page.getByTestId('venue-total');
const shows = (page: Page, count: number) =>
  total(page)
    .filter({ hasText: new RegExp(`^${count}$`) })
    .waitFor();

/** Somebody comes in. */
async function arrive(): Promise<void> {
  const scan = scanOf(evening.hall, evening.expected.pop()!, 'hall-door', Date.now());
  expect((await handIn(url, evening.hall, [scan])).status).toBe(200);
}

/** So that a page that was loaded anew is noticed. */
const mark = (page: Page) => page.evaluate(() => void Object.assign(window, { marked: true }));
const isMarked = (page: Page) => page.evaluate(() => 'marked' in window);

test('who asks for the head of a stream alone has it at once', async () => {
  const headers = { authorization: `Bearer ${evening.hall.token}` };
  const signal = AbortSignal.timeout(5_000);
  const answer = await fetch(`${url}/api/door/v1/news`, { method: 'HEAD', headers, signal });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
});

test('an address with a character that no text has leads nowhere', async () => {
  for (const path of ['/%00', '/office%00', '/healthz?%00'])
    expect((await fetch(`${url}${path}`)).status, path).toBe(404);
});

test('a scan is on every open page within a second, without a reload', async () => {
  await Promise.all([mark(live), mark(wall)]);
  const before = Number(await total(wall).textContent());
  await arrive();
  await Promise.all([shows(live, before + 1), shows(wall, before + 1)]);
  const start = performance.now();
  await arrive();
  await Promise.all([shows(live, before + 2), shows(wall, before + 2)]);
  expect(performance.now() - start).toBeLessThan(1_000);
  expect(await Promise.all([isMarked(live), isMarked(wall)])).toEqual([true, true]);
});

test('the number says how sure it is, and the arrivals are a table, too', async () => {
  const certainty = live.locator('[data-certainty="unsure"]');
  expect(await certainty.textContent()).toMatch(
    /Die Zahl kann abweichen: 2 Tablets auf dem Stand, 1 Tablet mit wartenden Scans \(3\) und 1 Tablet seit 1\d Minuten ohne Kontakt/,
  );
  await live.getByText('Als Tabelle').click();
  const counts = await live.locator('figure td').allTextContents();
  const came = counts.reduce((sum, count) => sum + Number(count), 0);
  expect(await live.locator('figure .summary').textContent()).toContain(`Gekommen: ${came}.`);
  expect(await live.locator('figure rect').count()).toBe(counts.length);
});

test('the wall holds eight rooms on one screen, with nothing cut off and no small figure', async () => {
  expect(await wall.locator('.room').count()).toBe(8);
  const found = await wall.evaluate(() => {
    const page = document.documentElement;
    const outside = [...document.querySelectorAll('.wall *')].filter((element) => {
      const box = element.getBoundingClientRect();
      const hidden = element.closest('.visually-hidden, noscript');
      return !hidden && (box.bottom > innerHeight + 1 || box.right > innerWidth + 1 || box.left < -1);
    });
    const sizes = [...document.querySelectorAll('.headcount, [data-testid=venue-total]')].map((figure) =>
      parseFloat(getComputedStyle(figure).fontSize),
    );
    return {
      scrolls: page.scrollHeight > innerHeight || page.scrollWidth > innerWidth,
      outside: outside.map((element) => element.className),
      smallest: Math.min(...sizes),
    };
  });
  expect(found.scrolls).toBe(false);
  expect(found.outside).toEqual([]);
  expect(found.smallest).toBeGreaterThanOrEqual(60);
  mkdirSync('test-output', { recursive: true });
  await wall.screenshot({ path: 'test-output/wall.png' });
});

test('the wall says that its numbers are old when the server is gone, and comes back by itself', async () => {
  const before = Number(await total(wall).textContent());
  await server.stop();
  await wall.getByText(/Keine Verbindung\. Die Zahlen sind .* alt\./).waitFor();
  expect(await wall.locator('.house.stale').count()).toBe(1);
  server = await startServer(environment);
  await wall.locator('footer .live').waitFor({ timeout: 60_000 });
  expect(await wall.locator('.stale').count()).toBe(0);
  await arrive();
  await shows(wall, before + 1);
  await live.locator('.line.live').waitFor({ timeout: 60_000 });
  await shows(live, before + 1);
  expect(await Promise.all([isMarked(live), isMarked(wall)])).toEqual([true, true]);
});

/** What axe finds on the page that is open. */
async function barriers(page: Page, options: object = {}): Promise<string[]> {
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(options)})`);
  return violations.map(({ id, nodes }) => `${id} (${nodes[0]?.target.join(' ')})`);
}

test.each(['', '/devices', '/wall', '/wall?look=light'])('a machine finds no barrier at %j', async (path) => {
  const checked = await browser.newContext({
    locale: 'de-DE',
    bypassCSP: true,
    viewport: path.startsWith('/wall') ? { width: 1920, height: 1080 } : { width: 390, height: 844 },
    storageState: await context.storageState(),
  });
  const page = await checked.newPage();
  await page.goto(url + PATH + path);
  await page.locator('.live').first().waitFor();
  for (const summary of await page.locator('main summary:visible').all()) await summary.click();
  await page.addScriptTag({ content: readFileSync('node_modules/axe-core/axe.min.js', 'utf8') });
  expect(await barriers(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await barriers(page, { runOnly: { type: 'rule', values: ['color-contrast'] } })).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await checked.close();
});

test('a tablet is renamed, unless another one has that name', async () => {
  await live.goto(`${url}${PATH}/devices`);
  const card = live.locator('[data-device="Flur oben"]');
  await card.locator('summary').first().click();
  await card.getByLabel('Name des Tablets').fill('Eingang links');
  await card.getByRole('button', { name: 'Umbenennen' }).click();
  await card.getByText('So heißt schon ein anderes Tablet.').waitFor();
  expect(await card.getByLabel('Name des Tablets').inputValue()).toBe('Eingang links');
  await card.getByLabel('Name des Tablets').fill('Galerie');
  await card.getByRole('button', { name: 'Umbenennen' }).click();
  await live.locator('[data-device="Galerie"]').waitFor();
  await live.getByRole('status').filter({ hasText: 'Gespeichert' }).waitFor();
});

test('a wall whose session has ended shows no number any more, and goes on after the next sign-in', async () => {
  await live.getByRole('button', { name: 'Abmelden' }).click();
  await live.waitForURL('**/office/sign-in');
  // The next message finds nobody signed in.
  await arrive();
  await wall.getByText('Abgemeldet', { exact: true }).waitFor();
  expect(await wall.locator('main').textContent()).not.toMatch(/\d/);
  await live.fill('[name=email]', 'frank.mertens@example.org');
  await live.fill('[name=password]', 'vier lange Worte hier');
  await live.locator('main form button').click();
  await live.waitForURL(`**${PATH}`);
  await wall.evaluate(() => window.dispatchEvent(new Event('online')));
  await shows(wall, Number(await total(live).textContent()));
  expect(complaints).toEqual([]);
});
