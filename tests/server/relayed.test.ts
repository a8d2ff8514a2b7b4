import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { v7 } from 'uuid';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import type {
  CheckpointId,
  DeviceId,
  EventId,
  ScanId,
  TicketId,
  WorkgroupId,
} from '../../src/lib/domain/ids.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import {
  signScan,
  signWalkIn,
  type SignedRecord,
  type SignedScan,
} from '../../src/lib/domain/signed-record.ts';
import { createKeyPair, keyIdOf, type KeyPair } from '../../src/lib/domain/signing.ts';
import { issueTicketText } from '../../src/lib/domain/ticket.ts';
import { addMillis, HOUR, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import type { SyncResponseWire } from '../../src/lib/domain/wire.ts';
import { berlinTime } from '../../src/lib/server/berlin-time.ts';
import {
  authenticateDevice,
  createPairingCode,
  pairDevice,
  revokeDevice,
} from '../../src/lib/server/devices.ts';
import { eraseEarly } from '../../src/lib/server/erasure.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { syncDevice } from '../../src/lib/server/sync.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

interface TestDevice {
  id: DeviceId;
  token: string;
  keys: KeyPair;
  seq: number;
}

let now: Millis;
let world: TestInstallation;
let eventId: EventId;
let maker: TestDevice;
let bringer: TestDevice;
let events = 0;

beforeEach(async () => {
  now = berlinTime(2022, 11, 18, 15, 40);
  world ??= await testInstallation(() => now);
  eventId = await createEvent(world.installation, dialogueEvening(`relayed-${(events += 1)}`));
  [maker, bringer] = [await pair('Tür 1'), await pair('Tür 2')];
});
afterAll(() => world.dispose());

async function pair(name: string): Promise<TestDevice> {
  const keys = await createKeyPair();
  const code = await createPairingCode(world.installation, eventId);
  const outcome = await pairDevice(world.installation, {
    ...{ code, name, publicKey: bytesToBase64url(keys.publicKey) },
  });
  if (outcome.kind !== 'paired') throw new Error(outcome.kind);
  return { id: outcome.answer.deviceId, token: outcome.answer.token, keys, seq: 0 };
}

function scanBy(device: TestDevice, values: Partial<Scan> = {}): Scan {
  return {
    id: v7() as ScanId,
    deviceId: device.id,
    deviceSeq: (device.seq += 1),
    ticketId: crypto.randomUUID() as TicketId,
    payloadHash: null,
    checkpointId: 'hall' as CheckpointId,
    direction: 'entry',
    deviceTime: now,
    clockOffset: 0,
    rosterCursor: null,
    verdictShown: 'admitted',
    override: null,
    byHand: null,
    undoes: null,
    ...values,
  };
}

const signed = (device: TestDevice, values: Partial<Scan> = {}): Promise<SignedScan> =>
  signScan(eventId, scanBy(device, values), device.keys.privateKey);

async function sync(by: TestDevice, body: object = {}): Promise<SyncResponseWire> {
  const { installation } = world;
  const device = await authenticateDevice(installation.db, `Bearer ${by.token}`);
  const outcome = await syncDevice(installation, device!, { cursor: null, scans: [], walkIns: [], ...body });
  if (outcome.kind !== 'synced') throw new Error(outcome.message);
  return outcome.answer;
}

const logged = () =>
  world.installation.db
    .selectFrom('scans')
    .select(['id', 'device_id', 'device_seq', 'signature', 'brought_by'])
    .where('event_id', '=', eventId)
    .orderBy('change')
    .execute();
const aside = () =>
  world.installation.db
    .selectFrom('anomalies')
    .select(['reason', 'device_id'])
    .where('event_id', '=', eventId)
    .execute();
const keyIn = (answer: SyncResponseWire) =>
  answer.changes.flatMap((change) => (change.kind === 'exchange_key' ? [change.key] : []));

describe('what one tablet brings for another', () => {
  test('stands in the log as the other’s scan, once, and says who brought it', async () => {
    const { scan, signature } = await signed(maker);
    const answer = await sync(bringer, { relayed: [{ scan, signature }] });
    expect(answer.relayed).toEqual({ acknowledged: [scan.id], aside: [] });
    expect(answer.acknowledged).toEqual([]);
    await sync(bringer, { relayed: [{ scan, signature }] });
    expect((await sync(maker, { scans: [scan] })).acknowledged).toEqual([scan.id]);
    expect(await logged()).toEqual([
      { id: scan.id, device_id: maker.id, device_seq: 1, signature, brought_by: bringer.id },
    ]);
    expect(await aside()).toEqual([]);
  });

  test('and was handed in before, stays as its own tablet brought it', async () => {
    const { scan, signature } = await signed(maker);
    await sync(maker, { scans: [scan], signatures: [signature] });
    await sync(bringer, { relayed: [{ scan, signature }] });
    expect(await logged()).toMatchObject([{ id: scan.id, signature, brought_by: null }]);
  });

  test('is news for every other tablet, with its signature, and for the one that brought it', async () => {
    const { scan, signature } = await signed(maker);
    const third = await pair('Tür 3');
    const before = await sync(bringer);
    const answer = await sync(bringer, { cursor: before.cursor, relayed: [{ scan, signature }] });
    expect(answer.changes).toContainEqual({ kind: 'scan', scan, signature });
    expect((await sync(third)).changes).toContainEqual({ kind: 'scan', scan, signature });
  });

  test('is kept aside and confirmed when it was altered on the way, and nothing else is touched', async () => {
    const [good, bad] = [await signed(maker), await signed(maker)];
    const altered = { ...bad, scan: { ...bad.scan, direction: 'exit' } };
    const answer = await sync(bringer, { relayed: [altered, good] });
    expect(answer.relayed).toEqual({
      acknowledged: [good.scan.id, bad.scan.id],
      aside: [bad.scan.id],
    });
    expect(await aside()).toEqual([{ reason: 'bad_signature', device_id: bringer.id }]);
    expect((await logged()).map(({ id }) => id)).toEqual([good.scan.id]);
    // What was altered does not stand in the way of what is true.
    await sync(maker, { scans: [bad.scan] });
    expect(await logged()).toHaveLength(2);
  });

  test('is no tablet’s in whose name another has signed it', async () => {
    const forged = await signScan(eventId, scanBy(maker), bringer.keys.privateKey);
    const nobody: TestDevice = { ...bringer, id: crypto.randomUUID() as DeviceId };
    const strange = await signed(nobody);
    const answer = await sync(bringer, { relayed: [forged, strange, { scan: 1 }, null] });
    expect(answer.relayed!.aside).toEqual([forged.scan.id, strange.scan.id]);
    expect((await aside()).map(({ reason }) => reason).sort()).toEqual([
      ...['bad_signature', 'malformed', 'malformed', 'unknown_device'],
    ]);
    expect(await logged()).toEqual([]);
  });

  test('is not believed of another event', async () => {
    const elsewhere = await createEvent(world.installation, dialogueEvening(`elsewhere-${events}`));
    const record = await signScan(elsewhere, scanBy(maker), maker.keys.privateKey);
    expect((await sync(bringer, { relayed: [record] })).relayed!.aside).toEqual([record.scan.id]);
  });

  test('counts when it was made before its tablet was revoked, and is kept aside when it was made after', async () => {
    const before = await signed(maker);
    now = addMillis(now, MINUTE);
    await revokeDevice(world.installation, eventId, maker.id);
    const after = await signed(maker, { deviceTime: addMillis(now, MINUTE) });
    const answer = await sync(bringer, { relayed: [before, after] });
    expect(answer.relayed).toEqual({
      acknowledged: [before.scan.id, after.scan.id],
      aside: [after.scan.id],
    });
    expect((await logged()).map(({ id }) => id)).toEqual([before.scan.id]);
    expect(await aside()).toEqual([{ reason: 'after_revocation', device_id: maker.id }]);
  });

  test('is taken from a tablet that is revoked or locked, too', async () => {
    const record = await signed(maker);
    await revokeDevice(world.installation, eventId, bringer.id);
    const answer = await sync(bringer, { relayed: [record] });
    expect(answer).toMatchObject({ revoked: true, changes: [], relayed: { acknowledged: [record.scan.id] } });
    expect(await logged()).toHaveLength(1);
  });

  test('does not wait any more on the tablet that made it', async () => {
    const status = { waiting: 3, clockOffset: 0, version: '', battery: null };
    await sync(maker, { status });
    await sync(bringer, { relayed: [await signed(maker), await signed(maker)] });
    const { waiting } = await world.installation.db
      .selectFrom('devices')
      .select('waiting')
      .where('id', '=', maker.id)
      .executeTakeFirstOrThrow();
    expect(waiting).toBe(1);
  });

  test('may be somebody who was registered at the door', async () => {
    const ticketId = crypto.randomUUID() as TicketId;
    const ticketText = await issueTicketText(
      {
        ...{ keyId: await keyIdOf(maker.keys.publicKey), eventId, ticketId, workgroupNumber: 3 },
        ...{ validFrom: now, validUntil: addMillis(now, HOUR) },
      },
      maker.keys.privateKey,
    );
    const walkIn = {
      registrationId: v7() as never,
      ...{ ticketId, name: 'Ada Beispiel', workgroupId: 'w3' as WorkgroupId, ticketText },
      ...{ deviceTime: now, clockOffset: 0 },
    };
    const record = await signWalkIn(eventId, maker.id, walkIn, maker.keys.privateKey);
    const altered: SignedRecord = { ...record, walkIn: { ...walkIn, name: 'Eva Beispiel' } };
    expect((await sync(bringer, { relayed: [altered] })).relayed!.aside).toHaveLength(1);
    const answer = await sync(bringer, { relayed: [record] });
    expect(answer.relayed).toEqual({ acknowledged: [walkIn.registrationId], aside: [] });
    expect((await sync(maker, { walkIns: [walkIn] })).acknowledged).toEqual([walkIn.registrationId]);
    const names = await world.installation.db
      .selectFrom('registrations')
      .select('name')
      .where('event_id', '=', eventId)
      .execute();
    expect(names).toEqual([{ name: 'Ada Beispiel' }]);
  });
});

describe('a signature in the log', () => {
  test('that is none does its scan no harm', async () => {
    const scans = [scanBy(maker), scanBy(maker), scanBy(maker)];
    const signatures = ['A'.repeat(20), 7];
    expect((await sync(maker, { scans, signatures })).acknowledged).toHaveLength(3);
    await sync(maker, { signatures: 'none' });
    expect(await logged()).toMatchObject([{ signature: null }, { signature: null }, { signature: null }]);
    expect(await aside()).toEqual([]);
  });

  test('is that of its scan, also beside a record that is none', async () => {
    const { scan, signature } = await signed(maker);
    await sync(maker, { scans: [{ id: 'none' }, scan], signatures: ['A'.repeat(86), signature] });
    expect(await logged()).toMatchObject([{ id: scan.id, signature }]);
  });

  test('is found by its scan’s id when a tablet of before sends it', async () => {
    const [one, other] = [await signed(maker), await signed(maker)];
    const signatures = { [other.scan.id]: other.signature, [one.scan.id]: one.signature };
    await sync(maker, { scans: [one.scan, other.scan], signatures });
    expect(await logged()).toMatchObject([{ signature: one.signature }, { signature: other.signature }]);
  });

  test('goes with the staff’s words when they are erased', async () => {
    const plain = await signed(maker);
    const onTheirWord = await signed(maker, { override: { by: 'Kim', why: 'known' } });
    await sync(bringer, { relayed: [plain, onTheirWord] });
    now = addMillis(now, 24 * HOUR);
    expect((await eraseEarly(world.installation, eventId)).kind).toBe('erased');
    expect((await logged()).map(({ signature }) => signature)).toEqual([plain.signature, null]);
  });
});

describe('the key by which tablets exchange what they know', () => {
  test('is the same for each tablet in use, comes with the setting, and is not in the setting', async () => {
    const [key] = keyIn(await sync(maker));
    expect(Buffer.from(key!, 'base64url')).toHaveLength(32);
    const answer = await sync(bringer);
    expect(keyIn(answer)).toEqual([key]);
    expect(keyIn(await sync(bringer, { cursor: answer.cursor }))).toEqual([]);
  });

  test('is another for those that are left when one is revoked, which does not get it', async () => {
    const before = await sync(bringer);
    await sync(maker);
    await revokeDevice(world.installation, eventId, maker.id);
    const [key] = keyIn(await sync(bringer, { cursor: before.cursor }));
    expect(key).toBeDefined();
    expect(key).not.toBe(keyIn(before)[0]);
    expect(keyIn(await sync(maker))).toEqual([]);
  });

  test('is not in the database as it is', async () => {
    const [key] = keyIn(await sync(maker));
    const rows = await world.installation.db.selectFrom('event_exchange_keys').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(key);
  });

  test('is made for an event of before, whose tablets get it with their next sync', async () => {
    const { cursor } = await sync(maker);
    await world.installation.db.deleteFrom('event_exchange_keys').where('event_id', '=', eventId).execute();
    expect(keyIn(await sync(maker, { cursor, scans: [scanBy(maker)] }))).toHaveLength(1);
  });
});
