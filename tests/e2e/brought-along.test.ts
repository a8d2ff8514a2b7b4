import type { Browser, BrowserContext, Page } from 'playwright-core';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import type { CheckpointId, ScanId } from '../../src/lib/domain/ids.ts';
import { signScan, type SignedScan } from '../../src/lib/domain/signed-record.ts';
import { createKeyPair, type KeyPair } from '../../src/lib/domain/signing.ts';
import { millis } from '../../src/lib/domain/time.ts';
import type { PairResponse } from '../../src/lib/domain/wire.ts';
import { nameOf, seedSite, type Site } from '../bench/seed.ts';
import { allBarriers } from './barrier-finders.ts';
import { closePanel, dismiss, enterPin, openPanel, pairTablet, scanTyped, takeDoor } from './door-site.ts';
import { signUpOrganiser } from './office-site.ts';
import { freePort, openBrowser, startServer, type RunningServer } from './support.ts';

/** A tablet without network has learnt of another's scan; its door says so, and so does the office once it was handed in. */
let site: Site;
let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let office: Page;
let door: Page;
/** The tablet that made the scan and never gets to the server again. */
let maker: PairResponse & { keys: KeyPair };

beforeAll(async () => {
  site = await seedSite([20]);
  const port = String(await freePort());
  const address = { PORT: port, ORIGIN: `http://localhost:${port}`, EINLASS_DATA: site.folder };
  server = await startServer({ ...address, EINLASS_WELCOME: '1' });
  browser = await openBrowser();
  context = await browser.newContext({ locale: 'de-DE', bypassCSP: true });
  office = await context.newPage();
  await signUpOrganiser(office, server);
  maker = await pairMaker();
  const own = await browser.newContext({
    locale: 'de-DE',
    bypassCSP: true,
    viewport: { width: 390, height: 844 },
  });
  door = await own.newPage();
  await pairTablet(door, server.url, await site.pairingCode(site.events[0]!), 'Saal 2');
  await takeDoor(door);
  await door.getByText('Noch nicht bereit für Betrieb ohne Netz').waitFor({ state: 'detached' });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await site?.close();
});

async function pairMaker() {
  const keys = await createKeyPair();
  const code = await site.pairingCode(site.events[0]!);
  const answer = await fetch(`${server.url}/api/door/v1/pair`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, name: 'Saal 1', publicKey: bytesToBase64url(keys.publicKey) }),
  });
  return { ...((await answer.json()) as PairResponse), keys };
}

/** The first guest comes into the hall at the other tablet. */
function entry(): Promise<SignedScan> {
  return signScan(
    maker.eventId,
    {
      id: v7() as ScanId,
      deviceId: maker.deviceId,
      deviceSeq: 1,
      ticketId: site.events[0]!.ticketIds[0]!,
      payloadHash: null,
      checkpointId: 'hall-door' as CheckpointId,
      direction: 'entry',
      deviceTime: millis(Date.now()),
      clockOffset: 0,
      rosterCursor: null,
      verdictShown: 'admitted',
      override: null,
      byHand: null,
      undoes: null,
    },
    maker.keys.privateKey,
  );
}

/** Lays a record on the tablet's disk as it lies there when another tablet has handed it over by pictures. */
async function layOnDisk({ scan, signature }: SignedScan): Promise<void> {
  await door.evaluate(
    async ({ scan, signature }) => {
      const opening = indexedDB.open('einlass-door');
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error!);
      });
      const how = { way: 'pictures', at: Date.now() };
      const tx = db.transaction(['relayed', 'facts'], 'readwrite');
      tx.objectStore('relayed').put({ id: scan.id, ...how, waiting: 1, scan, signature });
      const value = [{ deviceId: scan.deviceId, newest: scan.deviceTime, ...how }];
      tx.objectStore('facts').put({ name: 'learnt', value });
      await new Promise((resolve) => (tx.oncomplete = resolve));
      db.close();
    },
    { scan, signature },
  );
}

test('a door without network says what it knows of others, and carries it', async () => {
  await door.context().setOffline(true);
  await layOnDisk(await entry());
  await door.reload();
  await door.getByTestId('waiting').filter({ hasText: '1 Scan anderer Tablets abzugeben' }).waitFor();
  await enterPin(door);
  await door
    .getByTestId('learnt')
    .filter({ hasText: /^Andere Tablets: Stand \d\d:\d\d \(Bilder\)$/ })
    .waitFor();
  await door.getByTestId('waiting-of-others').filter({ hasText: '1 Scan anderer Tablets' }).waitFor();
  expect(await allBarriers(door)).toEqual([]);
});

test('its readiness check and its list for the assembly point say so, too', async () => {
  await openPanel(door, 'readiness');
  const line = door.locator('[data-check="others"][data-level="good"]');
  await line.getByText('durch Bilder').waitFor();
  expect(await line.innerText()).toMatch(/Saal 1[^]*1 Scan anderer Tablets abzugeben/);
  await door.locator('[data-check="waiting"][data-level="warn"]').waitFor();
  await closePanel(door);
  await openPanel(door, 'evacuation');
  const lines = door.getByTestId('as-of').locator('li');
  expect(await lines.allInnerTexts()).toEqual([
    expect.stringMatching(/^Server: Stand \d\d:\d\d Uhr/),
    expect.stringMatching(/^Andere Tablets, durch Bilder: Stand \d\d:\d\d Uhr/),
  ]);
  expect(await door.getByTestId('inside-total').innerText()).toContain('1');
  await door.getByText(nameOf(0)).waitFor();
  expect(await allBarriers(door)).toEqual([]);
  await closePanel(door);
});

test('whoever the other door let in is inside already, since when and where', async () => {
  expect(await scanTyped(door, site.events[0]!.ticketTexts[0]!)).toBe('already_inside');
  expect(await door.locator('[data-verdict]').innerText()).toMatch(/\d\d:\d\d[^]*Saal 1/);
  await dismiss(door);
});

test('once there is a network, it is handed in, and the office says who made and who brought it', async () => {
  await door.context().setOffline(false);
  for (const told of ['waiting-of-others', 'learnt'])
    await door.getByTestId(told).waitFor({ state: 'detached', timeout: 60_000 });
  await office.goto(`${server.url}/office/integration/devices`);
  const card = (name: string) => office.locator(`[data-device="${name}"]`);
  expect(await card('Saal 1').innerText()).toMatch(/Von anderen gebracht\s+Saal 2: 1 Scan/);
  expect(await card('Saal 2').innerText()).toMatch(/Für andere gebracht\s+Saal 1: 1 Scan/);
  expect(await allBarriers(office)).toEqual([]);
  await office.goto(`${server.url}/office/integration/registrations`);
  await office.getByRole('link', { name: nameOf(0), exact: true }).click();
  await office.getByText('gebracht von Tablet „Saal 2“').waitFor();
  expect(await allBarriers(office)).toEqual([]);
});

test('what nobody has signed is kept aside, and the office is told why and from where', async () => {
  const { scan, signature } = await entry();
  const forged = { scan: { ...scan, deviceSeq: 2 }, signature };
  await fetch(`${server.url}/api/door/v1/sync`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${maker.token}` },
    body: JSON.stringify({ cursor: null, scans: [], walkIns: [], relayed: [forged] }),
  });
  await office.goto(`${server.url}/office/integration`);
  await office.getByText('Warum, und woher?').click();
  await office.getByText('Für ein anderes Tablet gebracht, aber nicht von ihm unterschrieben.').waitFor();
  expect(await allBarriers(office)).toEqual([]);
});
