import type { Scan } from '../domain/scan.ts';
import type { SignedRecord } from '../domain/signed-record.ts';
import type { WalkIn } from '../domain/wire.ts';
import { isSealedWalkIn, type DoorDatabase, type StoredScan, type Waiting } from './database.ts';
import { readRelayedOutbox } from './relayed.ts';

/** The most records in one upload. */
const UPLOAD_SIZE = 200;

/** What waits for the server's confirmation. */
export interface Outbox {
  scans: Scan[];
  walkIns: WalkIn[];
  /** What other tablets have made: the more bring it, the surer it arrives. */
  relayed: SignedRecord[];
}

/** A scan that has not got its number in the tablet's sequence yet. */
export type NewScan = Omit<Scan, 'deviceSeq'>;

/**
 * Adds a scan and gives it the next number, in one transaction; adding it again changes nothing.
 *
 * @param givenUp - whether nobody waits for it any more, so that it must not begin late
 * @throws when the disk refuses, or the tablet is no longer the one that scanned
 */
export async function addScan(db: DoorDatabase, scan: NewScan, givenUp: () => boolean): Promise<Scan> {
  return db.transaction('rw', db.scans, db.facts, async () => {
    const identity = await db.fact('identity');
    if (identity?.deviceId !== scan.deviceId) throw new Error('the tablet is not the one that scanned');
    const already = await db.scans.get(scan.id);
    if (already) return scanOf(already);
    const last = await db.scans.orderBy('deviceSeq').last();
    if (givenUp()) throw new Error('given up');
    const numbered: Scan = { ...scan, deviceSeq: (last?.deviceSeq ?? 0) + 1 };
    await db.scans.add({ ...numbered, waiting: 1 });
    return numbered;
  });
}

/** Adds a walk-in; adding it again changes nothing. @throws as `addScan` does */
export async function addWalkIn(db: DoorDatabase, walkIn: WalkIn, givenUp: () => boolean): Promise<void> {
  await db.transaction('rw', db.walkIns, db.facts, async () => {
    if (!(await db.fact('identity'))) throw new Error('the tablet is not paired');
    if (await db.walkIns.get(walkIn.registrationId)) return;
    if (givenUp()) throw new Error('given up');
    await db.walkIns.add({ ...walkIn, waiting: 1 });
  });
}

/** The oldest first, as much as goes into one upload. */
export async function readOutbox(db: DoorDatabase): Promise<Outbox> {
  const scans = await db.scans.where('waiting').equals(1).sortBy('deviceSeq');
  const walkIns = await db.walkIns.where('waiting').equals(1).limit(UPLOAD_SIZE).toArray();
  return {
    relayed: await readRelayedOutbox(db),
    scans: scans.slice(0, UPLOAD_SIZE).map(scanOf),
    walkIns: walkIns.flatMap((walkIn) => (isSealedWalkIn(walkIn) ? [] : [withoutWaiting(walkIn)])),
  };
}

/** How many scans and walk-ins the server has not confirmed. */
export async function countWaiting(db: DoorDatabase): Promise<number> {
  const scans = await db.scans.where('waiting').equals(1).count();
  const walkIns = await db.walkIns.where('waiting').equals(1).count();
  return scans + walkIns;
}

/** Only scans that the server named by their id stop waiting. */
export async function confirmScans(db: DoorDatabase, acknowledged: readonly string[]): Promise<void> {
  if (acknowledged.length === 0) return;
  const confirmed = new Set(acknowledged);
  await db.scans
    .where('waiting')
    .equals(1)
    .modify((scan) => {
      if (confirmed.has(scan.id)) delete scan.waiting;
    });
}

/** A scan as it lies on disk, also by an earlier version of the app. */
export function scanOf(stored: Waiting<StoredScan>): Scan {
  return { byHand: null, ...withoutWaiting(stored) };
}

export function withoutWaiting<Item extends { waiting?: 1 }>({
  waiting: _,
  ...item
}: Item): Omit<Item, 'waiting'> {
  return item;
}
