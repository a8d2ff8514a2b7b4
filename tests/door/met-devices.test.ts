import { afterAll, beforeEach, expect, test } from 'vitest';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import { certifyDevice, type CertifiedDevice } from '../../src/lib/domain/device-certificate.ts';
import type { EventId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { isSignedScan, makerOf, type SignedRecord } from '../../src/lib/domain/signed-record.ts';
import { createKeyPair, type PrivateKey } from '../../src/lib/domain/signing.ts';
import { addMillis, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { StoreRecordBook } from '../../src/lib/door/store-record-book.ts';
import { berlinTime } from '../../src/lib/server/berlin-time.ts';
import { revokeDevice } from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { dialogueEvening } from '../support/events.ts';
import { handOver } from '../support/hand-over.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { Tablet } from '../support/tablet.ts';

let now: Millis;
let world: TestInstallation;
let eventId: EventId;
/** They have had no network since the others were paired. */
let cellar: Tablet;
let attic: Tablet;
let hall: Tablet;
let late: Tablet;
let events = 0;

beforeEach(async () => {
  now = berlinTime(2022, 11, 18, 15, 40);
  world ??= await testInstallation(() => now);
  eventId = await createEvent(world.installation, dialogueEvening(`met-${(events += 1)}`));
  [cellar, attic] = [await pairedTablet('Keller'), await pairedTablet('Dach')];
  for (const tablet of [cellar, attic]) {
    await tablet.sync();
    tablet.network = () => Promise.reject(new TypeError('fetch failed'));
  }
  hall = await pairedTablet('Saal');
  late = await pairedTablet('Ersatz');
  for (const tablet of [hall, late]) await tablet.sync();
});
afterAll(() => world.dispose());

async function pairedTablet(name: string): Promise<Tablet> {
  const tablet = new Tablet(name, world.installation);
  await tablet.start();
  await tablet.pair(world.installation, eventId);
  return tablet;
}

const bookOf = ({ store }: Tablet) => new StoreRecordBook(store);
const wire = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

/** What a tablet has made, and who made it. */
async function newsOf(tablet: Tablet): Promise<{ records: SignedRecord[]; makers: CertifiedDevice[] }> {
  const records = await bookOf(tablet).beyond({ scans: {}, walkIns: [] });
  return wire({ records, makers: await bookOf(tablet).certificatesOf(records.map(makerOf)) });
}

/** A walk-in and its entry. */
async function admit(at: Tablet): Promise<void> {
  await at.store.setDuty({ checkpointId: 'hall-door' as never, direction: 'entry' });
  const walkIn = (await at.door.walkIn('Ada Beispiel', 'w3' as WorkgroupId))!;
  await at.scan(walkIn.ticketText, 'hall-door');
}

test('what a stranger has made is refused, until the server’s word for it comes along', async () => {
  await admit(late);
  const { records, makers } = await newsOf(late);
  const book = bookOf(cellar);
  expect(await book.take(records, 'local_network')).toEqual({ taken: 0, known: 0, refused: 2 });
  await book.meet(makers);
  expect(await book.take(records, 'local_network')).toEqual({ taken: 2, known: 0, refused: 0 });
  expect(cellar.store.state!.venueTotal()).toBe(1);
});

test.each(['pictures', 'local_network'] as const)('it comes along by %s', async (way) => {
  await admit(late);
  expect(await handOver(late, cellar, way)).toEqual({ taken: 2, known: 0, refused: 0 });
  expect(await handOver(cellar, attic, way)).toEqual({ taken: 2, known: 0, refused: 0 });
  expect(attic.store.state!.venueTotal()).toBe(1);
});

test('the word is kept over a crash, and handed on with what the stranger has made', async () => {
  await admit(late);
  const { records, makers } = await newsOf(late);
  await bookOf(cellar).meet(makers);
  await bookOf(cellar).take(records, 'local_network');
  await cellar.crash();
  const again = await newsOf(cellar);
  expect(again.makers.map(({ name }) => name)).toEqual(['Ersatz']);
  await bookOf(attic).meet(again.makers);
  expect(await bookOf(attic).take(again.records, 'local_network')).toMatchObject({ taken: 2, refused: 0 });
});

test('nobody but the event’s key vouches: neither a tablet, nor somebody else, nor another event', async () => {
  await admit(late);
  const { records, makers } = await newsOf(late);
  const [genuine] = makers;
  const stranger = await createKeyPair();
  const book = bookOf(cellar);
  const forged = async (privateKey: PrivateKey, event = eventId): Promise<CertifiedDevice> => {
    const device = { ...genuine!, publicKey: bytesToBase64url(stranger.publicKey) };
    return { ...device, certificate: await certifyDevice(event, device, privateKey) };
  };
  await book.meet([
    await forged(stranger.privateKey),
    await forged(cellar.store.identity!.privateKey),
    { ...genuine!, name: 'Saal' },
    { ...genuine!, publicKey: bytesToBase64url(stranger.publicKey) },
  ]);
  expect(await book.certificatesOf(records.map(makerOf))).toEqual([]);
  expect(await book.take(records, 'local_network')).toEqual({ taken: 0, known: 0, refused: 2 });
});

test('once the setting has come, it alone tells who a tablet is, and whether it was revoked', async () => {
  await admit(late);
  const { records, makers } = await newsOf(late);
  await bookOf(cellar).meet(makers);
  await revokeDevice(world.installation, eventId, records.find(isSignedScan)!.scan.deviceId);
  now = addMillis(now, MINUTE);
  cellar.network = (deliver) => deliver();
  await cellar.sync();
  await admit(late);
  const after = await newsOf(late);
  const outcome = await bookOf(cellar).take(after.records, 'local_network');
  expect(outcome.refused).toBe(2);
});
