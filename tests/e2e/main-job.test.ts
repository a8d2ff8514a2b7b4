import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeFilm } from './camera-film.ts';
import { enterPin, pairTablet } from './door-site.ts';
import { pairingCode, signUpOrganiser } from './office-site.ts';
import { freePort, openBrowser, openEarlier, startServer, type RunningServer } from './support.ts';
import { startTabletBrowser, type TabletBrowser } from './tablet-browser.ts';

/**
 * The main job, whole, with nothing but real parts: the built server as a process of its own, two real browsers, a
 * film of the ticket in front of the tablet's camera, and plugs that are really pulled.
 */
const folder = mkdtempSync(join(tmpdir(), 'einlass-main-job-'));
const film = join(folder, 'ticket.y4m');
const profile = join(folder, 'tablet');

let port: number;
let url: string;
let server: RunningServer;
let browser: Browser;
let tablet: TabletBrowser | undefined;

const start = () =>
  startServer({ PORT: String(port), EINLASS_DATA: join(folder, 'data'), EINLASS_WELCOME: '1', ORIGIN: url });

beforeAll(async () => {
  port = await freePort();
  url = `http://localhost:${port}`;
  server = await start();
  browser = await openBrowser();
});

afterAll(async () => {
  await tablet?.kill();
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a guest registers, is let in by a tablet without network, and the office sees it when the network is back', async () => {
  await register('Ayşe Yılmaz', 'w5');
  const office = await browser.newPage({ locale: 'de-DE' });
  await signUpOrganiser(office, server);
  await expectText(office.getByTestId('venue-total'), /^0$/);

  tablet = await startTabletBrowser(profile, film);
  await pairTablet(tablet.page, url, await pairingCode(office));
  await readyWithoutNetwork(tablet.page);
  await tablet.kill();

  await server.stop();
  await office.locator('.line.lost').waitFor();

  tablet = await startTabletBrowser(profile, film);
  await tablet.page.goto(`${url}/door`);
  await enterPin(tablet.page);
  await tablet.page.getByRole('radio').first().check();
  await tablet.page.locator('form button.primary').click();
  await verdict(tablet.page, 'admitted');
  await tablet.kill();

  tablet = await startTabletBrowser(profile, film);
  await tablet.page.goto(`${url}/door`);
  await enterPin(tablet.page);
  await expectText(tablet.page.getByTestId('waiting'), /^1 /);
  const again = await verdict(tablet.page, 'already_inside');
  expect(again).toContain('Ayşe Yılmaz');
  expect(again).toMatch(/\d\d:\d\d/);

  // The tablet stays cut off until the office looks on, so that the two seconds are those after the sync.
  await tablet.page.context().setOffline(true);
  server = await start();
  await office.locator('.line.live').waitFor();
  await expectText(office.getByTestId('venue-total'), /^0$/);
  const synced = waitForSync(tablet.page);
  await tablet.page.context().setOffline(false);
  await synced;
  await expectText(office.getByTestId('venue-total'), /^1$/, 2_000);
  await expectText(office.locator('article', { hasText: 'Großer Saal' }).locator('.headcount'), /^1$/);
  await expectText(tablet.page.getByTestId('waiting'), /^0 /);
});

/** Registers through the form and keeps what the camera will see of the ticket. */
async function register(name: string, workgroup: string): Promise<void> {
  const context = await browser.newContext({ locale: 'de-DE', viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await page.goto(`${url}/integration`);
  await page.locator('a[href$="/register"]').first().click();
  await page.fill('#name', name);
  await page.fill('#email', 'ayse@example.org');
  await page.check(`#workgroup-${workgroup}`);
  await page.check('#consent');
  await openEarlier(page, server);
  await page.locator('main form button').click();
  await page.waitForURL(/\/ticket\//);
  await page.getByText(name).first().waitFor();
  await writeFilm(
    film,
    await page.locator('main svg[role="img"], main [role="img"] svg').first().screenshot(),
    page,
  );
  await context.close();
}

/** One visit is enough: the service worker has everything that the door needs. */
async function readyWithoutNetwork(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
}

/** Waits for a verdict and reads everything on its screen. */
async function verdict(page: Page, word: string): Promise<string> {
  const screen = page.locator(`[data-verdict="${word}"]`);
  await screen.waitFor({ timeout: 30_000 });
  return (await screen.textContent())!;
}

function waitForSync(page: Page): Promise<unknown> {
  return page.waitForResponse((response) => response.url().endsWith('/sync') && response.ok());
}

async function expectText(
  locator: ReturnType<Page['locator']>,
  pattern: RegExp,
  timeout = 10_000,
): Promise<void> {
  await locator.filter({ hasText: pattern }).waitFor({ timeout });
}
