import type { Page } from 'playwright-core';
import type { Site } from '../bench/seed.ts';
import { enterPin, PIN, takeDoor } from './door-site.ts';

const PANELS = [
  'search',
  'walk_in',
  'conflicts',
  'evacuation',
  'readiness',
  'practice',
  'export',
  'language',
  'lock',
];

/** Goes through every screen of the door, and stops at each. */
export async function visitDoorScreens(
  page: Page,
  url: string,
  site: Site,
  visit: (name: string) => Promise<void>,
): Promise<void> {
  const [event] = site.events;
  await page.goto(`${url}/door#pair=${await site.pairingCode(event!)}`);
  await page.locator('#name').waitFor();
  await visit('pairing');
  await page.fill('#name', 'Eingang links');
  await page.locator('form button').click();
  await page.getByTestId('choose-pin').waitFor();
  await visit('choose-pin');
  await page.fill('#pin', PIN);
  await page.press('#pin', 'Enter');
  await page.getByRole('radio').first().waitFor();
  await visit('duty');
  await takeDoor(page);
  await visit('scanning');

  const [first] = event!.ticketTexts;
  for (const [name, text] of [
    ['admitted', first],
    ['already-inside', first],
    ['invalid', 'https://example.org/'],
  ] as const) {
    await page.fill('#typed', text!);
    await page.press('#typed', 'Enter');
    await page.locator('[data-verdict]').waitFor();
    await visit(`verdict-${name}`);
    await page.locator('[data-verdict]').click();
    await page.locator('[data-verdict]').waitFor({ state: 'detached' });
  }
  await page.getByTestId('menu').click();
  await page.locator('#door-menu').waitFor();
  await page.locator('#door-menu button').first().click();
  await page.getByRole('radio').nth(3).check();
  await page.locator('form button.primary').click();
  await page.fill('#typed', first!);
  await page.press('#typed', 'Enter');
  await page.locator('[data-verdict]').waitFor();
  await visit('verdict-wrong-workgroup');
  await page.locator('[data-verdict]').click();

  for (const panel of PANELS) {
    await page.getByTestId('menu').click();
    if (panel === PANELS[0]) await visit('menu');
    await page.locator(`[data-open=${panel}]`).click();
    const sheet = page.locator(`[data-panel=${panel}]`);
    await sheet.waitFor();
    await sheet.locator('.content > *').first().waitFor();
    await visit(`panel-${panel}`);
    await sheet.locator('header button').click();
    await sheet.waitFor({ state: 'detached' });
  }
  await page.reload();
  await page.getByTestId('enter-pin').waitFor();
  await visit('locked');
  await enterPin(page);
  await page.locator('#typed').waitFor();
}
