import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeviceId, EventId, RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import type { SignedRecord } from '../../src/lib/domain/signed-record.ts';
import { addMillis, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { StoreRecordBook } from '../../src/lib/door/store-record-book.ts';
import { countAnomaliesByReason } from '../../src/lib/server/anomalies.ts';
import { listApiScans } from '../../src/lib/server/api/api-scans.ts';
import { countBrought } from '../../src/lib/server/brought-scans.ts';
import { readConflicts } from '../../src/lib/server/conflicts.ts';
import { authenticateDevice } from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { readLiveView } from '../../src/lib/server/live-view.ts';
import { readRecord } from '../../src/lib/server/registration-record.ts';
import { syncDevice } from '../../src/lib/server/sync.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { Tablet } from '../support/tablet.ts';

const evening = dialogueEvening();
let now: Millis;
let opened: TestInstallation;
let installation: Installation;
let eventId: EventId;
let hall: Tablet;
let side: Tablet;
let carrier: Tablet;

const offline = () => Promise.reject(new TypeError('fetch failed'));
const idOf = ({ store }: Tablet): DeviceId => store.identity!.deviceId;

beforeEach(async () => {
  now = evening.startsAt;
  opened = await testInstallation(() => now);
  installation = opened.installation;
  eventId = await createEvent(installation, evening);
  hall = await paired('Saal 1');
  side = await paired('Seiteneingang');
  carrier = await paired('Saal 2');
  for (const tablet of [hall, side, carrier]) await tablet.sync();
  for (const tablet of [hall, side]) tablet.network = offline;
});
afterEach(() => opened.dispose());

async function paired(name: string): Promise<Tablet> {
  const tablet = new Tablet(name, installation);
  await tablet.start();
  await tablet.pair(installation, eventId);
  return tablet;
}

/** Somebody comes to the hall without a registration. */
async function admitSomebody(): Promise<{ registrationId: RegistrationId; ticketText: string }> {
  await hall.store.setDuty({ checkpointId: 'hall-door' as never, direction: 'entry' });
  const walkIn = (await hall.door.walkIn('Ada Beispiel', 'w3' as WorkgroupId))!;
  await hall.scan(walkIn.ticketText, 'hall-door');
  return walkIn;
}

async function handOver(from: Tablet, to: Tablet): Promise<void> {
  const [giver, taker] = [new StoreRecordBook(from.store), new StoreRecordBook(to.store)];
  await taker.take(await giver.beyond(await taker.held()), 'pictures');
}

/** What the carrier says to have from others, as it is. */
async function brings(relayed: SignedRecord[]): Promise<void> {
  const device = await authenticateDevice(installation.db, `Bearer ${carrier.store.identity!.token}`);
  await syncDevice(installation, device!, { cursor: null, scans: [], walkIns: [], relayed });
}

describe('a scan that another tablet has brought', () => {
  test('is said to be brought by it in the registration’s history, and only that one', async () => {
    const { registrationId, ticketText } = await admitSomebody();
    await handOver(hall, carrier);
    await carrier.sync();
    now = addMillis(now, MINUTE);
    await carrier.scan(ticketText, 'hall-door', 'exit');
    await carrier.sync();
    const record = (await readRecord(installation, eventId, registrationId))!;
    expect(record.history.filter(({ kind }) => kind === 'scan')).toMatchObject([
      { direction: 'entry', device: 'Saal 1', broughtBy: 'Saal 2' },
      { direction: 'exit', device: 'Saal 2', broughtBy: null },
    ]);
  });

  test('is said to be so in a conflict, open and settled, and on the live page', async () => {
    const { ticketText } = await admitSomebody();
    now = addMillis(now, MINUTE);
    expect(await side.scan(ticketText, 'hall-door')).toMatchObject({ verdict: { word: 'admitted' } });
    await handOver(hall, carrier);
    await carrier.sync();
    side.network = (deliver) => deliver();
    await side.sync();
    const scans = [{ broughtBy: 'Saal 2' }, { broughtBy: null }];
    expect(await readConflicts(installation, eventId)).toMatchObject({ open: [{ scans }] });
    expect((await readLiveView(installation, eventId)).conflicts).toMatchObject([{ scans }]);
  });

  test('is counted for who made it and who brought it, and other systems are told', async () => {
    await admitSomebody();
    await handOver(hall, side);
    await handOver(side, carrier);
    await carrier.sync();
    const brought = { maker: idOf(hall), bringer: idOf(carrier) };
    expect(await countBrought(installation.db, eventId)).toEqual([{ ...brought, count: 1 }]);
    const client = { eventId } as Parameters<typeof listApiScans>[1];
    const page = await listApiScans(installation, client, { after: undefined, limit: 10 });
    expect(page!.scans).toMatchObject([{ device: idOf(hall), broughtBy: idOf(carrier) }]);
  });
});

test('what is kept aside is told by its reason and by who handed it in, the most first', async () => {
  await admitSomebody();
  await hall.scan('NICHTS', 'hall-door');
  const records = await new StoreRecordBook(hall.store).beyond({ scans: {}, walkIns: [] });
  const altered = records.flatMap((record) =>
    'scan' in record ? [{ ...record, scan: { ...record.scan, direction: 'exit' as const } }] : [],
  );
  const stranger = { ...altered[0]!.scan, deviceId: crypto.randomUUID() as DeviceId };
  await brings([...altered, { ...altered[0]!, scan: stranger }]);
  expect(await countAnomaliesByReason(installation.db, eventId)).toEqual([
    { reason: 'bad_signature', device: idOf(carrier), count: 2 },
    { reason: 'unknown_device', device: idOf(carrier), count: 1 },
  ]);
  expect(await readLiveView(installation, eventId)).toMatchObject({
    anomalyCount: 3,
    anomalies: [
      { reason: 'bad_signature', device: 'Saal 2', count: 2 },
      { reason: 'unknown_device', device: 'Saal 2', count: 1 },
    ],
  });
});
