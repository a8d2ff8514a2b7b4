import type { Page } from 'playwright-core';

/** What the tests' staff open their tablet with. */
export const PIN = '246813';

/** Pairs a page's browser as a tablet and chooses its PIN; ends at the choice of a door, with the roster there. */
export async function pairTablet(
  page: Page,
  url: string,
  code: string,
  name = 'Eingang links',
): Promise<void> {
  await page.goto(`${url}/door#pair=${code}`);
  await page.fill('#name', name);
  await page.locator('form button').click();
  await page.getByTestId('choose-pin').waitFor();
  await typePin(page);
  await page.getByRole('radio').first().waitFor();
}

/** Opens a tablet that asks for its PIN. */
export async function enterPin(page: Page, pin = PIN): Promise<void> {
  await page.getByTestId('enter-pin').waitFor();
  await typePin(page, pin);
}

async function typePin(page: Page, pin = PIN): Promise<void> {
  await page.fill('#pin', pin);
  await page.press('#pin', 'Enter');
}

/** Takes a door; the first one without a name. */
export async function takeDoor(page: Page, name?: string): Promise<void> {
  const doors = page.getByRole('radio');
  await (name ? page.getByRole('radio', { name }) : doors.first()).check();
  await page.locator('form button.primary').click();
  await page.locator('#typed').waitFor();
}

/** Types a ticket's text as a hand scanner does, and waits for the verdict. @returns its word */
export async function scanTyped(page: Page, text: string): Promise<string> {
  await page.locator('[data-verdict]').waitFor({ state: 'detached' });
  await page.fill('#typed', text);
  await page.press('#typed', 'Enter');
  const verdict = page.locator('[data-verdict]');
  await verdict.waitFor();
  return (await verdict.getAttribute('data-verdict'))!;
}

/** Lets go of the verdict that is shown, if there is one. */
export async function dismiss(page: Page): Promise<void> {
  const verdict = page.locator('[data-verdict]');
  if (await verdict.count()) await verdict.click();
  await verdict.waitFor({ state: 'detached' });
}

export async function openPanel(page: Page, name: string): Promise<void> {
  await page.getByTestId('menu').click();
  await page.locator(`[data-open="${name}"]`).click();
  await page.locator(`dialog[data-panel="${name}"]`).waitFor();
}

export async function closePanel(page: Page): Promise<void> {
  await page.locator('dialog[data-panel] header button').click();
}
