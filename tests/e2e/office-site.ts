import type { Page } from 'playwright-core';
import type { RunningServer } from './support.ts';

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
