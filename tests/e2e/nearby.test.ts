import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedSite, type Site } from '../bench/seed.ts';
import { writeFilm } from './camera-film.ts';
import { closePanel, dismiss, enterPin, openPanel, pairTablet, scanTyped, takeDoor } from './door-site.ts';
import { freePort, startServer, type RunningServer } from './support.ts';
import { startTabletBrowser, type TabletBrowser } from './tablet-browser.ts';

/**
 * Three tablets in one Wi-Fi and no server: linked by the pictures that they show each other's cameras, and one of them
 * killed and back.
 */
const folder = mkdtempSync(join(tmpdir(), 'einlass-nearby-'));
const film = (name: string) => join(folder, `${name}.y4m`);
const NAMES = ['Eingang links', 'Eingang rechts', 'Saal'] as const;

/** A film as long as those that `show` makes, of an empty wall. */
const NOTHING = Buffer.concat([
  Buffer.from('YUV4MPEG2 W640 H480 F5:1 Ip A1:1 C420jpeg\n'),
  ...Array<Buffer>(5).fill(
    Buffer.concat([Buffer.from('FRAME\n'), Buffer.alloc(640 * 480, 187), Buffer.alloc((640 * 480) / 2, 128)]),
  ),
]);

let site: Site;
let server: RunningServer;
let port: number;
/** The server is not there. */
let isAway = false;
/** Whatever a page has reported and the outage does not explain. */
const troubles: string[] = [];
const tablets = new Map<string, TabletBrowser>();
const page = (name: string): Page => tablets.get(name)!.page;
const ticket = (i: number) => site.events[0]!.ticketTexts[i]!;

beforeAll(async () => {
  site = await seedSite([20]);
  port = await freePort();
  server = await start();
  for (const name of NAMES) {
    await open(name);
    await pairTablet(page(name), server.url, await site.pairingCode(site.events[0]!), name);
    await takeDoor(page(name));
    // The app must be on the disk before the server goes, and nobody may be linked by the server already.
    await page(name).evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page(name).goto('about:blank');
  }
  await server.stop();
  isAway = true;
  for (const name of NAMES) await comeIn(name);
});
afterAll(async () => {
  for (const tablet of tablets.values()) await tablet.kill();
  await server?.stop();
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = () =>
  startServer({ EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'error', PORT: String(port) });

/** A browser with its own disk, and nothing before its camera yet. */
async function open(name: string): Promise<void> {
  writeFileSync(film(name), NOTHING);
  tablets.set(name, await startTabletBrowser(join(folder, name), film(name)));
  page(name).on('pageerror', (error) => troubles.push(`${name}: ${error.message}`));
  page(name).on('console', (message) => {
    const { url } = message.location();
    // Without the server each request fails, which the browser tells by itself.
    const offline = isAway && url.startsWith(server.url);
    if (message.type() === 'error' && !offline) troubles.push(`${name}: ${message.text()}`);
  });
}

/** Starts the app as it lies on the tablet's disk. */
async function comeIn(name: string): Promise<void> {
  await page(name).goto(`${server.url}/door`);
  await enterPin(page(name));
  await page(name).locator('#typed').waitFor();
}

/** Holds one tablet's code before another's camera. */
async function show(from: string, to: string): Promise<void> {
  const code = page(from).getByTestId('nearby-code').locator('svg');
  const filmed = join(folder, 'filmed.y4m');
  await writeFilm(filmed, await code.screenshot(), page(from), { shown: 1, hidden: 0 });
  overwrite(film(to), readFileSync(filmed));
}

/** In place: the camera has the file open. */
function overwrite(file: string, bytes: Buffer): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, 0);
  closeSync(handle);
}

const linkedTo = (name: string, count: number) =>
  page(name).locator(`[data-testid="linked"][data-linked="${count}"]`).waitFor({ timeout: 40_000 });

/** How many others a tablet could come back to after a reload. */
const waysBack = (name: string): Promise<number> =>
  page(name).evaluate(
    () =>
      new Promise<number>((resolve) => {
        const opening = indexedDB.open('einlass-door');
        opening.onsuccess = () => {
          const reading = opening.result.transaction('facts').objectStore('facts').get('neighbours');
          reading.onsuccess = () => {
            opening.result.close();
            const { value = [] } = (reading.result ?? {}) as { value?: { standing: string | null }[] };
            resolve(value.filter(({ standing }) => standing !== null).length);
          };
        };
      }),
  );

/** As in a network that lets its guests look in vain for further addresses, while those at hand connect at once. */
const findAddressesLate = (of: Page): Promise<unknown> =>
  of.addInitScript(() =>
    Object.defineProperty(RTCPeerConnection.prototype, 'iceGatheringState', { get: () => 'gathering' }),
  );

/** Two tablets are linked by each reading the other's code. */
async function shakeHands(a: string, b: string): Promise<void> {
  for (const name of [a, b]) {
    if ((await page(name).locator('dialog[data-panel="nearby"]').count()) === 0)
      await openPanel(page(name), 'nearby');
    const add = page(name).locator('[data-action="add"]');
    if (await add.count()) await add.click();
    await page(name).getByTestId('nearby-code').locator('svg').waitFor();
  }
  await show(a, b);
  await page(b).locator('[data-testid="nearby-code"]:not([data-answers=""])').waitFor({ timeout: 30_000 });
  overwrite(film(b), NOTHING);
  await show(b, a);
}

test('three tablets without a server are linked by two hand-shakes', async () => {
  const [left, right, hall] = NAMES;
  await shakeHands(left, right);
  await linkedTo(left, 1);
  await linkedTo(right, 1);
  overwrite(film(left), NOTHING);
  await shakeHands(right, hall);
  for (const name of NAMES) await linkedTo(name, 2);
  for (const name of NAMES) {
    // A code that is still before the camera would open the page again.
    overwrite(film(name), NOTHING);
  }
  for (const name of NAMES) await closePanel(page(name));
});

test('a ticket used at one tablet is known at the others within a second', async () => {
  const [left, right, hall] = NAMES;
  const known = [right, hall].map((name) =>
    page(name).getByTestId('headcount').filter({ hasText: /\b1\b/ }).waitFor({ timeout: 10_000 }),
  );
  expect(await scanTyped(page(left), ticket(0))).toBe('admitted');
  const shown = Date.now();
  await Promise.all(known);
  expect(Date.now() - shown).toBeLessThan(1_000);
  for (const name of [right, hall]) expect(await scanTyped(page(name), ticket(0))).toBe('already_inside');
  for (const name of NAMES) await dismiss(page(name));
  // Without a server the door says to how many it is linked.
  for (const name of NAMES) await page(name).getByTestId('learnt').filter({ hasText: /\b2\b/ }).waitFor();
});

test('a tablet that was killed comes back without another picture, and knows what it has missed', async () => {
  const [left, right, hall] = NAMES;
  // They come soon after a link, and are on its disk from then on.
  await expect.poll(() => waysBack(hall), { timeout: 10_000 }).toBe(2);
  await tablets.get(hall)!.kill();
  expect(await scanTyped(page(left), ticket(1))).toBe('admitted');
  await dismiss(page(left));
  await open(hall);
  await findAddressesLate(page(hall));
  await comeIn(hall);
  await page(hall).getByTestId('headcount').filter({ hasText: /\b2\b/ }).waitFor({ timeout: 10_000 });
  expect(await scanTyped(page(hall), ticket(1))).toBe('already_inside');
  await dismiss(page(hall));
  expect(await scanTyped(page(hall), ticket(2))).toBe('admitted');
  await page(right).getByTestId('headcount').filter({ hasText: /\b3\b/ }).waitFor({ timeout: 10_000 });
});

test('the server has each scan once when it is back, with who made it and who brought it', async () => {
  const [left, right, hall] = NAMES;
  // Who made the last scan is away when the others bring it.
  await tablets.get(hall)!.kill();
  server = await start();
  isAway = false;
  for (const name of [left, right]) await handIn(name);
  await expect.poll(() => log().length, { timeout: 20_000 }).toBe(6);
  expect(log().map(({ scan, by }) => [scan, by])).toEqual([
    ['admitted', left],
    ['already_inside', right],
    ['already_inside', hall],
    ['admitted', left],
    ['already_inside', hall],
    ['admitted', hall],
  ]);
  for (const { by, brought } of log())
    expect(by === hall ? [left, right] : [null, left, right].filter((name) => name !== by)).toContain(
      brought,
    );
  const before = log();
  await open(hall);
  await comeIn(hall);
  await handIn(hall);
  expect(log()).toEqual(before);
});

test('tablets that were all opened anew are linked by the server, and nothing has gone wrong', async () => {
  for (const name of NAMES) {
    await page(name).reload();
    await enterPin(page(name));
  }
  for (const name of NAMES) {
    await openPanel(page(name), 'nearby');
    await linkedTo(name, 2);
  }
  expect(troubles).toEqual([]);
  expect(server.output()).not.toMatch(/"level":/);
});

/** Waits until nothing waits at a tablet any more. */
async function handIn(name: string): Promise<void> {
  const retry = page(name).getByTestId('sync-now');
  if (await retry.count()) await retry.click();
  await page(name).getByTestId('waiting').filter({ hasText: /\b0\b/ }).waitFor();
  await page(name).getByTestId('roster-age').filter({ hasText: 'List up to date' }).waitFor();
}

/** The server's log, in the order in which the scans were made. */
function log() {
  const database = new DatabaseSync(site.database, { readOnly: true });
  try {
    const rows = database
      .prepare(
        `select verdict_shown as scan, maker.name as "by", bringer.name as brought from scans
         join devices maker on maker.id = device_id left join devices bringer on bringer.id = brought_by
         order by device_time`,
      )
      .all();
    return rows.map(({ scan, by, brought }) => ({ scan, by, brought }));
  } finally {
    database.close();
  }
}
