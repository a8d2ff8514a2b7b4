import { DatabaseSync } from 'node:sqlite';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TicketId } from '../../src/lib/domain/ids.ts';
import { seedSite, type Site } from '../bench/seed.ts';
import { ALL_RULES, barriers, cutOff } from './barrier-finders.ts';
import { closePanel, dismiss, openPanel, pairTablet, scanTyped, takeDoor } from './door-site.ts';
import { giveCamera, linkByNoServer, lookAt } from './facing-tablets.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

/** Two tablets and no network: held face to face, each takes over what the other has seen. */
let site: Site;
let environment: Record<string, string>;
let server: RunningServer | null = null;
let browser: Browser;
let left: Page;
let right: Page;

const ticket = (i: number) => site.events[0]!.ticketTexts[i]!;
/** Tickets by where they are scanned: one at the right door while there is a network, all others after it has gone. */
const BEFORE = 0;
const AT_LEFT = [1, 2, 3, 4, 5, 6, 7];
const AT_RIGHT = [8, 9, 10];

beforeAll(async () => {
  site = await seedSite([60]);
  const port = await freePort();
  environment = {
    PORT: String(port),
    ORIGIN: `http://localhost:${port}`,
    EINLASS_DATA: site.folder,
    EINLASS_LOG_LEVEL: 'silent',
  };
  server = await startServer(environment);
  browser = await openBrowser();
  left = await tablet('Eingang links', { width: 1024, height: 768 });
  right = await tablet('Eingang rechts', { width: 768, height: 1024 }, 'reduce');
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await site?.close();
});

async function tablet(
  name: string,
  viewport: { width: number; height: number },
  reducedMotion: 'reduce' | 'no-preference' = 'no-preference',
): Promise<Page> {
  const context = await browser.newContext({ locale: 'de-DE', viewport, reducedMotion, bypassCSP: true });
  await giveCamera(context);
  // Otherwise the server links them over the local network, and there is nothing left for the pictures.
  await linkByNoServer(context);
  const page = await context.newPage();
  await pairTablet(page, environment.ORIGIN!, await site.pairingCode(site.events[0]!), name);
  await takeDoor(page);
  // Everything that the door needs is on the tablet before its network goes.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  return page;
}

/** How many are inside, as a tablet believes. */
const inside = (page: Page, count: number) =>
  page
    .getByTestId('headcount')
    .filter({ hasText: new RegExp(`\\b${count}\\b`) })
    .waitFor({ timeout: 20_000 });

async function letIn(page: Page, tickets: number[]): Promise<void> {
  for (const i of tickets) {
    expect(await scanTyped(page, ticket(i))).toBe('admitted');
    await dismiss(page);
  }
}

const talk = (page: Page) => page.locator('dialog[data-panel=pictures] .talk');

test('what each has scanned without a network goes to the other by light alone, both ways', async () => {
  await letIn(right, [BEFORE]);
  // What the left one hears of it, it hears together with the right one's key.
  await inside(left, 1);
  await server!.stop();
  server = null;
  await letIn(left, AT_LEFT);
  await letIn(right, AT_RIGHT);

  for (const page of [left, right]) await openPanel(page, 'pictures');
  await left.locator('[data-choice=giver]').click();
  // Nothing flickers before somebody has said that it may.
  await left.locator('[data-choice=quick]').waitFor();
  expect(await barriers(left, ALL_RULES)).toEqual([]);
  await left.locator('[data-choice=quick]').click();
  // Who wants less motion is not asked, and gets less.
  expect(await right.locator('[name=pace]:checked').getAttribute('value')).toBe('calm');
  await right.locator('[data-choice=taker]').click();
  for (const page of [left, right]) await talk(page).waitFor();
  const ends = [await lookAt(left, right), await lookAt(right, left)];

  for (const [page, taken, given] of [
    [left, AT_RIGHT.length, AT_LEFT.length],
    [right, AT_LEFT.length, AT_RIGHT.length],
  ] as const) {
    await page.locator('.phase.good').waitFor({ timeout: 30_000 });
    expect(await page.getByTestId('taken').textContent()).toMatch(new RegExp(`\\b${taken}\\b`));
    expect(await page.getByTestId('given').textContent()).toMatch(new RegExp(`\\b${given}\\b`));
    expect(await barriers(page, ALL_RULES)).toEqual([]);
    expect(await cutOff(page)).toEqual([]);
  }
  for (const end of ends) await end();
  for (const page of [left, right]) {
    await closePanel(page);
    await openPanel(page, 'pictures');
    const pace = page.locator('[name=pace]:checked');
    expect(await pace.getAttribute('value')).toBe(page === left ? 'quick' : 'calm');
    await closePanel(page);
    await inside(page, 1 + AT_LEFT.length + AT_RIGHT.length);
  }
  expect(await scanTyped(left, ticket(AT_RIGHT[0]!))).toBe('already_inside');
  expect(await scanTyped(right, ticket(AT_LEFT[0]!))).toBe('already_inside');
});

test('the server learns each of them once, and by whom it was brought', async () => {
  // The left one has no network yet, so that the right one brings what it has learnt.
  await left.context().setOffline(true);
  server = await startServer(environment);
  await expect
    .poll(() => logged(), { timeout: 30_000 })
    .toEqual(
      [
        ...[BEFORE, ...AT_RIGHT].map((i) => ({ ticket: i, made: 'Eingang rechts', brought: null })),
        ...AT_LEFT.map((i) => ({ ticket: i, made: 'Eingang links', brought: 'Eingang rechts' })),
      ].sort((a, b) => a.ticket - b.ticket),
    );
  const before = logged();
  await left.context().setOffline(false);
  await left.getByTestId('waiting').filter({ hasText: /\b0\b/ }).waitFor({ timeout: 30_000 });
  expect(logged()).toEqual(before);
});

/** Everybody who was let in, as the server has it. */
function logged() {
  const database = new DatabaseSync(site.database, { readOnly: true });
  const rows = database
    .prepare(
      `select scans.ticket_id as ticket, made.name as made, brought.name as brought from scans
       join devices as made on made.id = scans.device_id left join devices as brought on brought.id = scans.brought_by
       where verdict_shown = 'admitted'`,
    )
    .all() as { ticket: TicketId; made: string; brought: string | null }[];
  database.close();
  return rows
    .map(({ ticket, made, brought }) => ({
      ticket: site.events[0]!.ticketIds.indexOf(ticket),
      made,
      brought,
    }))
    .sort((a, b) => a.ticket - b.ticket);
}
