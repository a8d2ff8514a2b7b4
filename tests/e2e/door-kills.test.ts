import { DatabaseSync } from 'node:sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseTicketText } from '../../src/lib/domain/ticket.ts';
import { seedSite, type Site } from '../bench/seed.ts';
import { enterPin, pairTablet, takeDoor } from './door-site.ts';
import { freePort, startServer, type RunningServer } from './support.ts';
import { startTabletBrowser, type TabletBrowser } from './tablet-browser.ts';
import { MOODS, startUnreliableProxy, type UnreliableProxy } from './unreliable-proxy.ts';

/**
 * A tablet whose tab dies at moments that nobody chose, now and then together with the whole browser, while the server
 * is in every kind of trouble. Whoever was shown green is in the server's log at the end, exactly once.
 *
 * `EINLASS_KILLS=50` kills more often than there is time for every day.
 */
const KILLS = Number(process.env.EINLASS_KILLS ?? 12);
/** Every so many kills take the whole browser. */
const BROWSER_KILL = 5;
/** A life ends within so many milliseconds after the PIN. */
const LONGEST_LIFE = 1_500;

const folder = mkdtempSync(join(tmpdir(), 'einlass-kills-'));
const random = seededRandom(Number(process.env.EINLASS_SEED ?? 20_221_118));

let site: Site;
let server: RunningServer;
let proxy: UnreliableProxy;
let url: string;
let tablet: TabletBrowser;

beforeAll(async () => {
  site = await seedSite([3_000]);
  const port = await freePort();
  url = `http://localhost:${port}`;
  server = await startServer({ EINLASS_DATA: site.folder, EINLASS_LOG_LEVEL: 'silent', ORIGIN: url });
  proxy = await startUnreliableProxy(port, () => new URL(server.url));
  tablet = await startTabletBrowser(join(folder, 'tablet'));
});
afterAll(async () => {
  await tablet?.kill();
  await proxy?.close();
  await server?.stop();
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

test(`whoever was shown green is in the server's log exactly once, after ${KILLS} kills and every trouble of a server`, async () => {
  const texts = [...site.events[0]!.ticketTexts];
  const green: string[] = [];
  await pairTablet(tablet.page, url, await site.pairingCode(site.events[0]!));
  await takeDoor(tablet.page);
  await tablet.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));

  for (let kill = 1; kill <= KILLS; kill++) {
    proxy.mood = MOODS[Math.floor(random() * MOODS.length)]!;
    const life = random() * LONGEST_LIFE;
    const { page } = tablet;
    await page.goto(`${url}/door`);
    await enterPin(page);
    // A slow machine takes longer to open the door than the door is given to live.
    await page.locator('#typed').waitFor();
    const scanning = scanAway(page, texts.splice(0, 40), (text) => green.push(text));
    await new Promise((resolve) => setTimeout(resolve, life));
    if (kill % BROWSER_KILL === 0) {
      await tablet.kill();
      tablet = await startTabletBrowser(join(folder, 'tablet'));
    } else {
      await killTab(page);
      tablet.page = await page.context().newPage();
      await page.close();
    }
    await scanning;
  }

  proxy.mood = 'well';
  await tablet.page.goto(`${url}/door`);
  await enterPin(tablet.page);
  await tablet.page.getByTestId('waiting').filter({ hasText: /^0 / }).waitFor({ timeout: 60_000 });
  expect(green.length).toBeGreaterThan(KILLS);
  const counts = entriesByTicket();
  expect(green.filter((text) => counts.get(parseTicketText(text)!.ticket.ticketId) !== 1)).toEqual([]);
  expect([...counts.values()].filter((count) => count > 1)).toEqual([]);
  expect(gaps()).toEqual([]);
}, 300_000);

/** Types tickets as fast as the tablet shows verdicts, until the tab dies; tells of every green one. */
async function scanAway(page: Page, texts: string[], onGreen: (text: string) => void): Promise<void> {
  await page.exposeFunction('tellGreen', onGreen);
  await page
    .evaluate(async (texts) => {
      const { tellGreen } = window as unknown as { tellGreen: (text: string) => Promise<void> };
      const found = (selector: string) =>
        new Promise<HTMLElement>((resolve) => {
          const look = () => {
            const element = document.querySelector<HTMLElement>(selector);
            if (element) resolve(element);
            else requestAnimationFrame(look);
          };
          look();
        });
      for (const text of texts) {
        const input = (await found('#typed')) as HTMLInputElement;
        input.value = text;
        input.dispatchEvent(new Event('input', { bubbles: true }));
        input.form!.requestSubmit();
        const verdict = await found('[data-verdict]');
        if (verdict.dataset.verdict === 'admitted') await tellGreen(text);
        verdict.click();
        while (document.querySelector('[data-verdict]')) await new Promise(requestAnimationFrame);
      }
    }, texts)
    // Cut off in the middle, which is what it is for.
    .catch(() => undefined);
}

async function killTab(page: Page): Promise<void> {
  const died = page.waitForEvent('crash');
  const cdp = await page.context().newCDPSession(page);
  void cdp.send('Page.crash').catch(() => undefined);
  await died;
}

function rows<Row>(sql: string): Row[] {
  const database = new DatabaseSync(site.database, { readOnly: true });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}

function entriesByTicket(): Map<string, number> {
  const counted = rows<{ ticket: string; count: number }>(
    `select ticket_id as ticket, count(*) as count from scans where verdict_shown = 'admitted' group by ticket_id`,
  );
  return new Map(counted.map(({ ticket, count }) => [ticket, count]));
}

/** Places in the tablet's sequence that no scan has. */
function gaps(): number[] {
  const numbers = rows<{ seq: number }>('select device_seq as seq from scans order by device_seq');
  return numbers.map(({ seq }) => seq).filter((seq, i) => seq !== i + 1);
}

/** Mulberry32: small, and the same on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
