import type { DeviceId, RegistrationId, ScanId } from '../domain/ids.ts';
import type { Scan } from '../domain/scan.ts';
import { isSignedScan, recordId, type SignedRecord, type SignedWalkIn } from '../domain/signed-record.ts';
import type { Change, WalkIn } from '../domain/wire.ts';
import { isSealedRelayed, type DoorDatabase, type StoredRelayed } from './database.ts';
import { learnMore, type Coming } from './learnt.ts';

/** How many of them go into one upload. */
const UPLOAD_SIZE = 200;

/** What other tablets have made and this one has learnt from them, as it lies on the disk. */
export const recordOf = (stored: Exclude<StoredRelayed, { sealed: unknown }>): SignedRecord =>
  'scan' in stored
    ? { scan: stored.scan, signature: stored.signature }
    : { walkIn: stored.walkIn, deviceId: stored.deviceId, signature: stored.signature };

/**
 * Stores records that are proven; those that are there already are left as they are.
 *
 * @returns those that are stored now; null when the tablet is no longer the one that took them, or has been shut
 * @throws when the disk refuses
 */
export function addRelayed(
  db: DoorDatabase,
  deviceId: DeviceId,
  records: readonly SignedRecord[],
  how: Coming,
): Promise<SignedRecord[] | null> {
  return db.transaction('rw', db.relayed, db.scans, db.walkIns, db.facts, async () => {
    if ((await db.fact('identity'))?.deviceId !== deviceId || !(await db.fact('lock'))) return null;
    const ids = records.map(recordId);
    const [stored, ownScans, ownWalkIns] = await Promise.all([
      db.relayed.bulkGet(ids),
      db.scans.bulkGet(ids as ScanId[]),
      db.walkIns.bulkGet(ids as RegistrationId[]),
    ]);
    const fresh = records.filter((_, i) => !stored[i] && !ownScans[i] && !ownWalkIns[i]);
    await db.relayed.bulkPut(fresh.map((record) => waitingRow(record, how)));
    if (fresh.length > 0) await db.setFact('learnt', learnMore((await db.fact('learnt')) ?? [], fresh, how));
    return fresh;
  });
}

/** The oldest first, as much as goes into one upload. */
export async function readRelayedOutbox(db: DoorDatabase): Promise<SignedRecord[]> {
  const rows = await db.relayed.where('waiting').equals(1).sortBy('at');
  return rows.slice(0, UPLOAD_SIZE).flatMap((row) => (isSealedRelayed(row) ? [] : [recordOf(row)]));
}

/** How many the server has not confirmed. */
export function countRelayed(db: DoorDatabase): Promise<number> {
  return db.relayed.where('waiting').equals(1).count();
}

/** What the server has said of records that other tablets have made. */
export interface RelayedNews {
  acknowledged: readonly string[];
  /** They count nowhere. */
  aside: readonly string[];
  /** Walk-ins that were acknowledged, sealed. */
  sealed: readonly StoredRelayed[];
  /** What has come with the feed, too, needs no place of its own any more. */
  changes: readonly Change[];
  /** Registrations of whom nothing personal may be left. */
  forgotten: readonly RegistrationId[];
}

/** Within a transaction over `relayed`. */
export async function settleRelayed(db: DoorDatabase, news: RelayedNews): Promise<void> {
  const { acknowledged, aside, sealed, changes, forgotten } = news;
  const scans = changes.flatMap((change) => (change.kind === 'scan' ? [change.scan.id] : []));
  const gone = [...aside, ...scans, ...forgotten];
  if (acknowledged.length > 0) {
    const confirmed = new Set(acknowledged);
    await db.relayed
      .where('waiting')
      .equals(1)
      .modify((row) => {
        if (confirmed.has(row.id)) delete row.waiting;
      });
    await db.relayed.bulkPut([...sealed]);
  }
  if (gone.length > 0) await db.relayed.bulkDelete(gone);
}

/** Each of them waits again, because the server has forgotten what it knew. @param walkIns - that were sealed */
export async function handInAgain(db: DoorDatabase, walkIns: readonly SignedWalkIn[]): Promise<void> {
  const opened = new Map(walkIns.map((record) => [record.walkIn.registrationId as string, record]));
  await db.relayed.toCollection().modify((row, ref) => {
    const record = opened.get(row.id);
    if (isSealedRelayed(row) && !record) return;
    ref.value = record ? waitingRow(record, row) : { ...row, waiting: 1 };
  });
}

/** The scans and walk-ins among records. */
export function partsOf(records: readonly SignedRecord[]): { scans: Scan[]; walkIns: WalkIn[] } {
  return {
    scans: records.flatMap((record) => (isSignedScan(record) ? [record.scan] : [])),
    walkIns: records.flatMap((record) => (isSignedScan(record) ? [] : [record.walkIn])),
  };
}

function waitingRow(record: SignedRecord, { way, at }: Coming): StoredRelayed {
  return { id: recordId(record), way, at, waiting: 1, ...record };
}
