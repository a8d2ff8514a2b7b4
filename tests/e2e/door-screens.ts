import type { Page } from 'playwright-core';
import type { Site } from '../bench/seed.ts';
import { dismiss, enterPin, openPanel, PIN, scanTyped, takeDoor } from './door-site.ts';

const PANELS = [
  'search',
  'walk_in',
  'conflicts',
  'evacuation',
  'nearby',
  'readiness',
  'practice',
  'pictures',
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

  const [first, second] = event!.ticketTexts as [string, string];
  const expectVerdict = async (word: string, text: string) => {
    const shown = await scanTyped(page, text);
    if (shown !== word) throw new Error(`${shown} instead of ${word}`);
    await visit(`verdict-${word}`);
  };
  await expectVerdict('admitted', first);
  await dismiss(page);
  await expectVerdict('already_inside', first);
  await page.getByTestId('override').click();
  await page.locator('#staff-name').waitFor();
  await visit('override');
  await page.fill('#staff-name', 'Frau Demir');
  await page.locator('[data-reason]').first().click();
  await page.locator('[data-verdict="let_in"]').waitFor();
  await visit('verdict-let_in');
  await dismiss(page);
  await scanTyped(page, second);
  await page.getByTestId('undo').click();
  await page.locator('[data-verdict="undone"]').waitFor();
  await visit('verdict-undone');
  await dismiss(page);
  await page.locator('button[data-direction="exit"]').click();
  await expectVerdict('left', first);
  await dismiss(page);
  await page.locator('button[data-direction="entry"]').click();
  await expectVerdict('invalid', 'https://example.org/');
  await dismiss(page);
  await page.getByTestId('menu').click();
  await page.locator('#door-menu').waitFor();
  await page.locator('#door-menu button').first().click();
  await page.getByRole('radio').nth(3).check();
  await page.locator('form button.primary').click();
  await expectVerdict('wrong_workgroup', first);
  await dismiss(page);

  await page.getByTestId('menu').click();
  await page.locator('#door-menu').waitFor();
  await visit('menu');
  await page.keyboard.press('Escape');
  for (const panel of PANELS) {
    await openPanel(page, panel);
    const sheet = page.locator(`[data-panel=${panel}]`);
    await sheet.locator('.content > *').first().waitFor();
    await visit(`panel-${panel}`);
    await insidePanel(page, panel, visit);
    await sheet.locator('header button').click();
    await sheet.waitFor({ state: 'detached' });
  }
  await page.reload();
  await page.getByTestId('enter-pin').waitFor();
  await visit('locked');
  await enterPin(page);
  await page.locator('#typed').waitFor();
}

/** What a panel shows once somebody has begun in it. */
async function insidePanel(page: Page, panel: string, visit: (name: string) => Promise<void>): Promise<void> {
  if (panel === 'search') {
    await page.fill('#search-name[data-ready="true"]', 'Yilmaz');
    const hits = page.getByTestId('hits').locator('button');
    await hits.first().waitFor();
    await visit('search-hits');
    await hits.first().click();
    await page.locator('#other-reason').waitFor();
    await visit('search-chosen');
  } else if (panel === 'walk_in') {
    await page.fill('#walk-in-name', 'Bilal Haddad');
    await page.locator('[data-panel="walk_in"] input[type="radio"]').first().check();
    await page.locator('[data-panel="walk_in"] form button.primary').click();
    await page.getByTestId('walk-in-ticket').getByRole('img').waitFor();
    await visit('walk-in-ticket');
  }
}
