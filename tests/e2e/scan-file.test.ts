import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closePanel, openPanel, pairTablet, scanTyped, takeDoor } from './door-site.ts';
import { signUpOrganiser } from './office-site.ts';
import { register } from './public-site.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

/** A tablet that gets no network any more: its scans are carried to the office. */
const folder = mkdtempSync(join(tmpdir(), 'einlass-scan-file-'));
let url: string;
let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  const port = await freePort();
  url = `http://localhost:${port}`;
  server = await startServer({ PORT: String(port), ORIGIN: url, EINLASS_WELCOME: '1' });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The number under the QR code of a new guest's ticket. */
async function registerGuest(): Promise<string> {
  const page = await browser.newPage({ locale: 'de-DE' });
  await page.goto(`${url}/integration/register`);
  await register(page, server, { name: 'Ayşe Yılmaz', email: 'ayse@example.org' });
  const number = await page
    .getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/)
    .first()
    .textContent();
  await page.close();
  return number!.trim();
}

async function bring(office: Page, file: string): Promise<void> {
  await office.goto(`${url}/office/integration/import`);
  await office.setInputFiles('#file', file);
  await office.locator('main form button').last().click();
}

test("a tablet's scans are saved to a file, brought to the office, and count once when the network comes back", async () => {
  const number = await registerGuest();
  const context = await browser.newContext({ locale: 'de-DE', viewport: { width: 1024, height: 768 } });
  const tablet = await context.newPage();
  await pairTablet(tablet, url, /#pair=(\S+)/.exec(server.output())![1]!);
  await takeDoor(tablet);
  // Everything that the door needs is on the tablet before its network goes.
  await tablet.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await context.setOffline(true);
  expect(await scanTyped(tablet, number)).toBe('admitted');
  await tablet.locator('[data-verdict]').click();
  await openPanel(tablet, 'export');
  const [download] = await Promise.all([
    tablet.waitForEvent('download'),
    tablet.locator('[data-action="download"]').click(),
  ]);
  const file = join(folder, download.suggestedFilename());
  await download.saveAs(file);

  const office = await browser.newPage({ locale: 'de-DE' });
  await signUpOrganiser(office, server);
  await bring(office, file);
  await office.getByTestId('imported').waitFor();
  const nonsense = join(folder, 'nonsense.json');
  writeFileSync(nonsense, '{"what":"is this"}');
  await bring(office, nonsense);
  await office.getByTestId('import-refused').waitFor();
  await office.goto(`${url}/office/integration`);
  await office.getByTestId('venue-total').filter({ hasText: /^1$/ }).waitFor();

  await closePanel(tablet);
  await context.setOffline(false);
  await tablet.getByTestId('waiting').filter({ hasText: /^0 / }).waitFor({ timeout: 60_000 });
  await office.reload();
  await office.getByTestId('venue-total').filter({ hasText: /^1$/ }).waitFor();
  await context.close();
});
