import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { nameOf, seedSite, type Site } from '../bench/seed.ts';
import { enterPin, openPanel, pairTablet, PIN, scanTyped, takeDoor } from './door-site.ts';
import { signUpOrganiser } from './office-site.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

/** A tablet that is left lying, found by somebody else, or given up by the office. */
let site: Site;
let url: string;
let server: RunningServer;
let browser: Browser;
let office: Page;
let context: BrowserContext;
let tablet: Page;

const TABLET = 'Eingang links';
const ticket = (i: number) => site.events[0]!.ticketTexts[i]!;

beforeAll(async () => {
  site = await seedSite([60]);
  const port = await freePort();
  url = `http://localhost:${port}`;
  server = await startServer({
    PORT: String(port),
    ORIGIN: url,
    EINLASS_DATA: site.folder,
    EINLASS_WELCOME: '1',
  });
  browser = await openBrowser();
  office = await browser.newPage({ locale: 'de-DE' });
  await signUpOrganiser(office, server);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await site?.close();
});
beforeEach(async () => {
  context = await browser.newContext({ locale: 'de-DE', viewport: { width: 1024, height: 768 } });
  tablet = await context.newPage();
  await tablet.clock.install();
});
afterEach(() => context.close());

async function pairAndTakeDoor(): Promise<void> {
  await pairTablet(tablet, url, await site.pairingCode(site.events[0]!), TABLET);
  await takeDoor(tablet);
  // Everything that the door needs is on the tablet before its network goes.
  await tablet.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
}

const verdict = () => tablet.locator('[data-verdict]');
const asksForPin = () => tablet.getByTestId('enter-pin');
const venueTotal = (count: number) =>
  office.getByTestId('venue-total').filter({ hasText: new RegExp(`^${count}$`) });

/** Everything readable that the tablet's databases hold. */
function readableOnDisk(): Promise<string> {
  return tablet.evaluate(async () => {
    const asked = <Value>(request: IDBRequest<Value>) =>
      new Promise<Value>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error!);
      });
    const textOf = (value: unknown): string => {
      if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return new TextDecoder().decode(value);
      if (value === null || typeof value !== 'object') return String(value);
      return Object.entries(value)
        .map(([key, inner]) => `${key} ${textOf(inner)}`)
        .join('\n');
    };
    const texts: string[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await asked(indexedDB.open(name!));
      for (const store of database.objectStoreNames) {
        texts.push(textOf(await asked(database.transaction(store).objectStore(store).getAll())));
      }
      database.close();
    }
    return texts.join('\n');
  });
}

test('a PIN that everybody tries first is refused', async () => {
  await tablet.goto(`${url}/door#pair=${await site.pairingCode(site.events[0]!)}`);
  await tablet.fill('#name', TABLET);
  await tablet.locator('form button').click();
  await tablet.getByTestId('choose-pin').waitFor();
  await tablet.fill('#pin', '123456');
  await tablet.press('#pin', 'Enter');
  await tablet.getByRole('alert').filter({ hasText: 'zu leicht' }).waitFor();
  await tablet.fill('#pin', PIN);
  await tablet.press('#pin', 'Enter');
  await tablet.getByRole('radio').first().waitFor();
});

test('without network the PIN opens the tablet after a restart, and nothing readable lies on its disk', async () => {
  await pairAndTakeDoor();
  await context.setOffline(true);
  expect(await scanTyped(tablet, ticket(0))).toBe('admitted');
  const onDisk = await readableOnDisk();
  expect(onDisk).toContain(TABLET);
  for (const secret of [nameOf(0), nameOf(1), 'Platz am Rand', site.events[0]!.ticketIds[1]!, PIN]) {
    expect(onDisk).not.toContain(secret);
  }
  await tablet.reload();
  await asksForPin().waitFor();
  expect(await tablet.locator('body').textContent()).not.toContain(nameOf(0));
  await enterPin(tablet);
  await tablet.locator('#typed').waitFor();
  expect(await scanTyped(tablet, ticket(0))).toBe('already_inside');
});

test('a tablet that is locked, or left alone for twenty minutes, asks for its PIN and still hands in', async () => {
  await pairAndTakeDoor();
  await context.setOffline(true);
  expect(await scanTyped(tablet, ticket(2))).toBe('admitted');
  await verdict().click();
  await openPanel(tablet, 'lock');
  await tablet.locator('dialog[data-panel="lock"] .button.primary').click();
  await asksForPin().waitFor();
  const before = Number(await office.getByTestId('venue-total').textContent());
  await context.setOffline(false);
  await tablet.getByTestId('waiting').filter({ hasText: 'Alle Scans sind abgegeben' }).waitFor();
  await venueTotal(before + 1).waitFor();

  await enterPin(tablet);
  await tablet.locator('#typed').waitFor();
  await tablet.clock.fastForward('21:00');
  await asksForPin().waitFor();
});

test('wrong PINs make it wait, and at last forget its roster; what was scanned is handed in all the same', async () => {
  await pairAndTakeDoor();
  await context.setOffline(true);
  expect(await scanTyped(tablet, ticket(3))).toBe('admitted');
  await tablet.reload();
  const alert = tablet.getByRole('alert');
  for (let left = 9; left > 0; left -= 1) {
    await enterPin(tablet, '999999');
    await alert.filter({ hasText: `Verbleibende Versuche: ${left}.` }).waitFor();
    if (left > 5) continue;
    await alert.filter({ hasText: 'Nächster Versuch in' }).waitFor();
    expect(await tablet.locator('form .button.primary').isDisabled()).toBe(true);
    await tablet.clock.fastForward('10:00');
  }
  await enterPin(tablet, '999999');
  await tablet.getByText('Die Gästeliste ist gelöscht').waitFor();
  const anew = tablet.getByRole('button', { name: 'Neu koppeln' });
  expect(await anew.isDisabled()).toBe(true);
  const before = Number(await office.getByTestId('venue-total').textContent());
  await context.setOffline(false);
  await venueTotal(before + 1).waitFor({ timeout: 60_000 });
  await anew.click();
  await tablet.locator('#name').waitFor();
});

test('a tablet that the office locks asks for its PIN at once, and the office sees that it does', async () => {
  await office.goto(`${url}/office/integration/devices`);
  await pairTablet(tablet, url, await site.pairingCode(site.events[0]!), 'Zweiter Eingang');
  await takeDoor(tablet);
  const card = office.locator('[data-device="Zweiter Eingang"]');
  await card.locator('[data-lock="open"]').waitFor();
  await card.locator('summary').first().click();
  await card.locator('form[action="?/lock"] button').click();
  await asksForPin().waitFor();
  await card.locator('[data-lock="locked"]').waitFor();
  expect(await tablet.locator('body').textContent()).not.toContain(nameOf(0));

  await enterPin(tablet);
  await tablet.locator('#typed').waitFor();
  await card.locator('[data-lock="open"]').waitFor();
  await tablet.locator('#typed').waitFor();
  await office.goto(`${url}/office/integration`);
});

test('a revoked tablet hands in what waits, and then holds nothing any more', async () => {
  await pairAndTakeDoor();
  await context.setOffline(true);
  expect(await scanTyped(tablet, ticket(4))).toBe('admitted');
  const before = Number(await office.getByTestId('venue-total').textContent());
  await office.goto(`${url}/office/integration/devices`);
  const card = office.locator(`[data-device="${TABLET}"]:not(.revoked)`).last();
  for (const summary of await card.locator('summary').all()) await summary.click();
  await card.locator('button.danger').click();
  await office.locator(`.revoked[data-device="${TABLET}"]`).first().waitFor();
  await office.goto(`${url}/office/integration`);

  await context.setOffline(false);
  await venueTotal(before + 1).waitFor({ timeout: 60_000 });
  await tablet.getByText('Dieses Tablet ist gesperrt').waitFor();
  const onDisk = await readableOnDisk();
  expect(onDisk).not.toContain(TABLET);
  expect(onDisk).not.toContain(site.events[0]!.id);
});
