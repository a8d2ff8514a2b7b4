// Two tablets whose server is gone, for the screenshots: linked over the Wi-Fi, and exchanging by pictures.
import type { Browser, Page } from 'playwright-core';
import { seedSite } from '../tests/bench/seed.ts';
import { closePanel, dismiss, openPanel, pairTablet, scanTyped, takeDoor } from '../tests/e2e/door-site.ts';
import { giveCamera, linkByNoServer, lookAt } from '../tests/e2e/facing-tablets.ts';
import { freePort, startServer } from '../tests/e2e/support.ts';

/** Takes a picture of a page, under a name. */
type Take = (page: Page, name: string) => Promise<void>;

export async function withoutServer(browser: Browser, take: Take): Promise<void> {
  const site = await seedSite([60]);
  const [event] = site.events;
  const url = `http://localhost:${await freePort()}`;
  const server = await startServer({
    PORT: new URL(url).port,
    ORIGIN: url,
    EINLASS_DATA: site.folder,
    EINLASS_LOG_LEVEL: 'silent',
  });
  try {
    const left = await tablet('Eingang links', { width: 1024, height: 768 });
    const right = await tablet('Eingang rechts', { width: 768, height: 1024 });
    await server.stop();
    for (const [i, page] of [left, right, left, left, right].entries()) {
      await scanTyped(page, event!.ticketTexts[i]!);
      await dismiss(page);
    }
    await byPictures(left, right, take);
    await overWifi(left, right, take);
  } finally {
    await server.stop();
    await site.close();
  }

  async function tablet(name: string, viewport: { width: number; height: number }): Promise<Page> {
    const context = await browser.newContext({ locale: 'de-DE', viewport, bypassCSP: true });
    await giveCamera(context);
    // Otherwise the server has linked them before it goes.
    await linkByNoServer(context);
    const page = await context.newPage();
    await pairTablet(page, url, await site.pairingCode(event!), name);
    await takeDoor(page);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    return page;
  }
}

async function byPictures(left: Page, right: Page, take: Take): Promise<void> {
  for (const page of [left, right]) await openPanel(page, 'pictures');
  await take(left, 'pictures-choice');
  await left.locator('[data-choice=giver]').click();
  await left.locator('[data-choice=calm]').waitFor();
  await take(left, 'pictures-pace');
  await left.locator('[data-choice=calm]').click();
  await right.locator('[data-choice=taker]').click();
  await right.locator('[data-choice=calm]').click();
  for (const page of [left, right]) await page.locator('dialog[data-panel=pictures] .talk').waitFor();
  const ends = [await lookAt(left, right), await lookAt(right, left)];
  await left.locator('.talk[data-phase=giving] canvas').waitFor();
  await take(left, 'pictures-showing');
  for (const page of [left, right]) await page.locator('.phase.good').waitFor();
  await take(right, 'pictures-done');
  for (const end of ends) await end();
  for (const page of [left, right]) await closePanel(page);
}

async function overWifi(left: Page, right: Page, take: Take): Promise<void> {
  for (const page of [left, right]) {
    await openPanel(page, 'nearby');
    await page.getByTestId('nearby-code').locator('svg').waitFor();
  }
  await take(left, 'link-tablets');
  const ends = [await lookAt(left, right), await lookAt(right, left)];
  for (const page of [left, right]) await page.locator('[data-testid=linked][data-linked="1"]').waitFor();
  for (const end of ends) await end();
  await take(left, 'linked-tablets');
}
