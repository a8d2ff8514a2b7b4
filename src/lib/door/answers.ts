import type { Bytes } from '../domain/bytes.ts';
import type { Cursor, DeviceId, RegistrationId } from '../domain/ids.ts';
import type { Millis } from '../domain/time.ts';
import type { SyncResponse, WalkIn } from '../domain/wire.ts';
import { isSealedWalkIn, NO_PROGRESS, type DoorDatabase, type Progress } from './database.ts';
import { expiryOf } from './expiry.ts';
import { forgottenBy } from './fold.ts';
import { confirmScans, countWaiting, withoutWaiting } from './outbox.ts';
import { countRelayed, handInAgain, settleRelayed } from './relayed.ts';
import type { RosterDisk } from './roster-disk.ts';

/** What a round trip began with. */
export interface SyncBasis {
  deviceId: DeviceId;
  cursor: Cursor | null;
}

/** How many records the server has not confirmed. */
export interface Waiting {
  waiting: number;
  waitingRelayed: number;
}

/** What an answer has changed on the disk. */
export interface StoredAnswer extends Waiting {
  progress: Progress;
  /** Null where the answer says nothing of it. */
  expiresAt: Millis | null;
  /** Of whom nothing personal may be left. */
  forgotten: RegistrationId[];
  /** How many pages there are now. */
  pages: number;
}

/**
 * Stores the server's answer in one transaction: what it confirms waits no more, and its news comes with the cursor.
 *
 * @param bytes - the answer as it came; what is stored
 * @param clockOffset - as measured in this round trip, in milliseconds
 * @returns null when it answers to what is no longer so, and nothing was stored
 */
export async function storeAnswer(
  db: DoorDatabase,
  disk: RosterDisk,
  basis: SyncBasis,
  answer: SyncResponse,
  bytes: Bytes,
  clockOffset: number,
): Promise<StoredAnswer | null> {
  const progress = { cursor: answer.cursor, clockOffset, lastSyncAt: answer.serverTime };
  const sealed = answer.changes.length > 0 ? await disk.sealPage(bytes) : null;
  const confirmed = await Promise.all(
    (await waitingWalkIns(db, answer.acknowledged)).map((walkIn) => disk.sealWalkIn(walkIn)),
  );
  const before = answer.reset ? await disk.read() : null;
  const again = [...(before?.walkIns.values() ?? [])];
  const relayedAgain = [...(before?.relayed.values() ?? [])];
  const { acknowledged, aside } = answer.relayed ?? { acknowledged: [], aside: [] };
  const sealedRelayed = await sealRelayed(db, disk, acknowledged);
  const forgotten = answer.changes.flatMap(forgottenBy);
  const expiresAt = expiryOf(answer.changes);
  const { scans, walkIns, relayed, pages, facts } = db;
  return db.transaction('rw', [scans, walkIns, relayed, pages, facts], async () => {
    const identity = await db.fact('identity');
    const known = (await db.fact('progress')) ?? NO_PROGRESS;
    if (identity?.deviceId !== basis.deviceId || known.cursor !== basis.cursor) return null;
    if (!(await db.fact('lock'))) return null;
    if (answer.reset) {
      await pages.clear();
      await scans.toCollection().modify({ waiting: 1 });
      await walkIns.bulkPut(again.map((walkIn) => ({ ...walkIn, waiting: 1 })));
      await handInAgain(db, relayedAgain);
    }
    await confirmScans(db, answer.acknowledged);
    await walkIns.bulkPut(confirmed);
    const news = { acknowledged, aside, sealed: sealedRelayed, changes: answer.changes, forgotten };
    await settleRelayed(db, news);
    if (sealed) await pages.add({ sealed });
    if (forgotten.length > 0) {
      await walkIns.where('registrationId').anyOf(forgotten).filter(isSealedWalkIn).delete();
      await db.setFact('forgetting', true);
    }
    if (expiresAt !== null) await db.setFact('expiresAt', expiresAt);
    if (answer.tablets) await db.setFact('tablets', answer.tablets);
    await db.setFact('progress', progress);
    return { ...(await countAll(db)), progress, expiresAt, forgotten, pages: await pages.count() };
  });
}

/** Stores of the answer to a locked tablet what was confirmed, and nothing else. */
export async function storeHandIn(
  db: DoorDatabase,
  deviceId: DeviceId,
  answer: SyncResponse,
): Promise<Waiting> {
  const { acknowledged } = answer;
  const ofOthers = answer.relayed ?? { acknowledged: [], aside: [] };
  const { scans, walkIns, relayed, facts } = db;
  return db.transaction('rw', scans, walkIns, relayed, facts, async () => {
    if ((await db.fact('identity'))?.deviceId === deviceId) {
      await confirmScans(db, acknowledged);
      // Without the key it can't be sealed; it comes back with the feed.
      await walkIns
        .where('registrationId')
        .anyOf(acknowledged as RegistrationId[])
        .filter((walkIn) => !isSealedWalkIn(walkIn))
        .delete();
      await relayed
        .where('id')
        .anyOf(ofOthers.acknowledged)
        .filter((row) => 'walkIn' in row)
        .delete();
      await settleRelayed(db, { ...ofOthers, sealed: [], changes: [], forgotten: [] });
    }
    return countAll(db);
  });
}

/** Within a transaction over `scans`, `walkIns` and `relayed`. */
export async function countAll(db: DoorDatabase): Promise<Waiting> {
  return { waiting: await countWaiting(db), waitingRelayed: await countRelayed(db) };
}

/** Walk-ins of other tablets that the server has confirmed. */
async function sealRelayed(db: DoorDatabase, disk: RosterDisk, ids: readonly string[]) {
  const rows = ids.length > 0 ? await db.relayed.bulkGet([...ids]) : [];
  return Promise.all(rows.flatMap((row) => (row && 'walkIn' in row ? [disk.sealRelayed(row)] : [])));
}

async function waitingWalkIns(db: DoorDatabase, ids: readonly string[]): Promise<WalkIn[]> {
  const stored = await db.walkIns.bulkGet(ids as RegistrationId[]);
  return stored.flatMap((walkIn) => (walkIn && !isSealedWalkIn(walkIn) ? [withoutWaiting(walkIn)] : []));
}
