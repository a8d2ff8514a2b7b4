import type { EventId, RegistrationId, ScanId } from '../../src/lib/domain/ids.ts';
import {
  encodeMessage,
  MOST_RECORDS,
  readMessage,
  readRecords,
} from '../../src/lib/domain/nearby/message.ts';
import { isSignedScan, recordId, signScan, type SignedRecord } from '../../src/lib/domain/signed-record.ts';
import { readRecords as readPackedRecords, writeRecords } from '../../src/lib/door/pictures/message-bytes.ts';
import type { Way } from '../../src/lib/door/record-book.ts';
import type { Stage } from './laws.ts';
import type { Tablet } from './tablet.ts';

/** What passed between tablets before: somebody may show it again. */
const passed = new WeakMap<Stage, SignedRecord[]>();

/** One tablet hands over to another what that one lacks: all or in part, once or doubled, with what others slip in. */
export async function handOver(stage: Stage, from: Tablet, to: Tablet): Promise<void> {
  const { world } = stage;
  const { chance } = world;
  const held = await to.held();
  const beyond = held && (await from.beyond(chance.happens(0.2) ? { scans: {}, walkIns: [] } : held));
  if (!beyond) return;
  const before = passed.get(stage) ?? [];
  passed.set(stage, [...before, ...beyond]);
  const carried = beyond.filter(() => chance.happens(0.9));
  if (before.length > 0 && chance.happens(0.3)) carried.push(chance.pick(before));
  if (chance.happens(0.2)) carried.push(...carried);
  if (chance.happens(0.2)) carried.reverse();
  const forged = chance.happens(0.4) ? await forge(stage, from, [...beyond, ...before]) : [];
  const way = chance.pick(['pictures', 'local_network'] as const);
  world.tell(
    `${from.name} hands ${carried.length} to ${to.name} (${way}), and ${forged.length} that are forged`,
  );
  const taken = await to.take(await WAYS[way]([...forged, ...carried]), way);
  if (taken && taken.refused < forged.length)
    world.violate('rewritten', `${to.name} has taken what was forged: ${JSON.stringify(forged)}`);
  if (taken) checkStored(stage, to, carried);
}

/** What becomes of records on their way, as each way writes and reads them. */
const WAYS: Record<Way, (records: SignedRecord[]) => Promise<SignedRecord[]>> = {
  async pictures(records) {
    // Compressing is the browser's, and takes a time of its own.
    const read = await readPackedRecords(await writeRecords({ records, makers: [], more: false }, false));
    return read!.records;
  },
  async local_network(records) {
    const messages = [];
    for (let at = 0; at < records.length; at += MOST_RECORDS)
      messages.push(
        encodeMessage({ kind: 'records', records: records.slice(at, at + MOST_RECORDS), makers: [] }),
      );
    return messages.flatMap((bytes) => {
      const reading = readMessage(bytes);
      return reading.kind === 'message' && reading.message.kind === 'records'
        ? readRecords(reading.message.records).records
        : [];
    });
  },
};

/** What a tablet counts is on its disk, or the server has it. */
function checkStored({ world, server }: Stage, { name, app, disk }: Tablet, records: SignedRecord[]): void {
  const content = disk.read();
  if (!content || server.inTransaction) return;
  const kept = [
    ...content.scans.map(({ id }) => id),
    ...content.walkIns.map(({ registrationId }) => registrationId),
    ...content.relayed.map(({ id }) => id),
    ...server
      .rows<{ id: string }>('select id from scans union select id from registrations')
      .map(({ id }) => id),
  ];
  for (const id of records.map(recordId))
    if (app?.store.known?.get(id) && !kept.includes(id))
      world.violate('lost', `${name} counts ${id}, which lies on no disk`);
}

/** A tablet's token is misused to bring the server what nobody has made. */
export async function bringForged(stage: Stage, by: Tablet): Promise<void> {
  const { world, server } = stage;
  const token = by.app?.store.identity?.token;
  const forged = await forge(stage, by, passed.get(stage) ?? []);
  if (!token || forged.length === 0) return;
  world.tell(`${by.name} brings the server ${forged.length} that are forged`);
  const body = { cursor: null, scans: [], walkIns: [], status: null, relayed: forged };
  server.receive(
    {
      path: '/api/door/v1/sync',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      address: '10.0.0.99',
    },
    () => undefined,
  );
}

/** Alters some records, and signs one in another's name. */
async function forge({ world, ledger }: Stage, by: Tablet, records: SignedRecord[]): Promise<SignedRecord[]> {
  const { chance } = world;
  if (records.length === 0) return [];
  const forged: SignedRecord[] = [];
  for (let i = chance.between(1, 3); i > 0; i--) {
    const record = chance.pick(records);
    forged.push(isSignedScan(record) ? alteredScan(record) : alteredWalkIn(record));
  }
  const identity = by.app?.store.identity;
  const scans = records.filter(isSignedScan);
  if (identity && scans.length > 0) {
    const { scan } = chance.pick(scans);
    // Signed by a tablet of the event, but not by the one that it names; or for another event.
    const eventId = scan.deviceId === identity.deviceId ? ('0f0f0f0f0f0f0f0f' as EventId) : identity.eventId;
    const id = crypto.randomUUID() as ScanId;
    forged.push(
      await signScan(eventId, { ...scan, id, deviceSeq: scan.deviceSeq + 500 }, identity.privateKey),
    );
  }
  for (const record of forged) ledger.forged.add(JSON.stringify(record));
  return forged;

  function alteredScan(record: Extract<SignedRecord, { scan: unknown }>): SignedRecord {
    const { scan } = record;
    const change = chance.pick([
      { direction: scan.direction === 'entry' ? 'exit' : 'entry' } as const,
      { id: crypto.randomUUID() as ScanId, deviceSeq: scan.deviceSeq + 1_000 },
      { deviceTime: (scan.deviceTime + 60_000) as typeof scan.deviceTime },
      { override: { by: 'Kim', why: 'forged' } },
    ]);
    return { ...record, scan: { ...scan, ...change } };
  }

  function alteredWalkIn(record: Exclude<SignedRecord, { scan: unknown }>): SignedRecord {
    const { walkIn } = record;
    const registrationId = crypto.randomUUID() as RegistrationId;
    const change = chance.pick([{ registrationId }, { name: 'Niemand' }]);
    return { ...record, walkIn: { ...walkIn, ...change } };
  }
}
