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

/** Asks the live page that is open for a code that pairs one tablet. */
export async function pairingCode(office: Page): Promise<string> {
  await office.locator('form[action*="pair"] button').click();
  const code = office.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  return (await code.textContent())!.trim();
}
