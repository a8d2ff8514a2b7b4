import type { Browser, BrowserContext, Page } from 'playwright-core';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

export interface Office {
  server: RunningServer;
  browser: Browser;
  /** Where the first organiser is signed in. */
  context: BrowserContext;
  /** Stands on the demo event's live page. */
  page: Page;
  /** Errors that the page's scripts and the console have told since. */
  complaints: string[];
}

/** A server with the demo event, and the first organiser in a browser that reads German. */
export async function openOffice(environment: Record<string, string> = {}): Promise<Office> {
  const port = String(await freePort());
  const address = { PORT: port, ORIGIN: `http://localhost:${port}` };
  const server = await startServer({ ...address, EINLASS_WELCOME: '1', ...environment });
  const browser = await openBrowser();
  const context = await browser.newContext({ locale: 'de-DE' });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A refused form is answered with a status that the console tells as an error.
    if (message.type() === 'error' && !message.text().includes('status of 40'))
      complaints.push(message.text());
  });
  await signUpOrganiser(page, server);
  return { server, browser, context, page, complaints };
}

/** Signs the first organiser up by the link that the server has printed; ends on the live page. */
export async function signUpOrganiser(page: Page, server: Pick<RunningServer, 'output'>): Promise<void> {
  await page.goto(/organiser +(\S+)/.exec(server.output())![1]!);
  await page.fill('input[name="name"]', 'Frank Mertens');
  await page.fill('input[name="email"]', 'frank.mertens@example.org');
  await page.fill('input[name="password"]', 'vier lange Worte hier');
  await page.locator('main form button').click();
  await page.locator('.line.live').waitFor();
}

/** Asks for a code that pairs one tablet; begins and ends on the event's live page. */
export async function pairingCode(office: Page): Promise<string> {
  const live = new URL(office.url()).pathname;
  await office.goto(new URL(`${live}/devices`, office.url()).href);
  await office.locator('form[action*="pair"] button').click();
  const code = office.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  const text = (await code.textContent())!.trim();
  await office.goto(new URL(live, office.url()).href);
  await office.locator('.line.live').waitFor();
  return text;
}
