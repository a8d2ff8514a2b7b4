import type { EventState } from '../domain/event-state.ts';
import { readChanges } from '../domain/wire.ts';
import { isSealedRelayed, isSealedWalkIn, type DoorDatabase } from './database.ts';
import { readDisk } from './disk.ts';
import { exchangeKeyIn, stateOf } from './fold.ts';
import { knownRecords, type KnownRecords } from './known-records.ts';
import { scanOf, withoutWaiting } from './outbox.ts';
import { partsOf, recordOf } from './relayed.ts';
import { sameNumbers, type RosterDisk } from './roster-disk.ts';

/** What lies on the disk, and what is folded from it. */
export interface Recalled extends Awaited<ReturnType<typeof readDisk>> {
  /** Null until the first sync has brought the event's setting, and without the vault's key. */
  state: EventState | null;
  /** Null where there is no state. */
  known: KnownRecords | null;
  /** Seals what passes between the event's tablets, in base64url; null without the vault's key. */
  exchangeKey: string | null;
}

/**
 * Reads what is on the tablet's disk, and folds it when there is a key to what is sealed. Behind its last look at the
 * disk it waits for nothing: a scan that is stored meanwhile is either in it, or comes to whoever has recalled it.
 *
 * @param disk - null without the vault's key
 * @returns null when the disk has changed between two looks at it
 */
export async function recall(db: DoorDatabase, disk: RosterDisk | null): Promise<Recalled | null> {
  const roster = disk && (await disk.read());
  const read = await readDisk(db, { withScans: roster !== null });
  if (!roster) return { ...read, state: null, known: null, exchangeKey: null };
  if (!sameNumbers(read.pageNumbers, roster.numbers)) return null;
  const ownWalkIns = read.walkIns.map((walkIn) =>
    isSealedWalkIn(walkIn) ? roster.walkIns.get(walkIn.registrationId) : withoutWaiting(walkIn),
  );
  const ofOthers = read.relayed.map((row) =>
    isSealedRelayed(row) ? roster.relayed.get(row.id) : recordOf(row),
  );
  const walkIns = ownWalkIns.filter((walkIn) => walkIn !== undefined);
  const relayed = ofOthers.filter((record) => record !== undefined);
  if (walkIns.length + relayed.length < ownWalkIns.length + ofOthers.length) return null;

  const changes = readChanges(roster.changes);
  const scans = read.scans.map(scanOf);
  const parts = partsOf(relayed);
  const state = stateOf([...walkIns, ...parts.walkIns], changes, [...scans, ...parts.scans]);
  const deviceId = read.identity?.deviceId;
  const known = state && deviceId ? knownRecords({ deviceId, scans, walkIns }, changes, relayed) : null;
  return { ...read, state, known, exchangeKey: exchangeKeyIn(changes) };
}
