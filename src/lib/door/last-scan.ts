import type { ScanId } from '../domain/ids.ts';
import { isAccepted, type Scan } from '../domain/scan.ts';
import type { DoorDatabase } from './database.ts';
import { scanOf } from './outbox.ts';

/** This tablet's latest scan that opened a door and has not been taken back; null where there is none. */
export async function lastStandingScan(db: DoorDatabase): Promise<Scan | null> {
  const undone = new Set<ScanId>();
  const standing: Scan[] = [];
  await db.scans
    .orderBy('deviceSeq')
    .reverse()
    .until(() => standing.length > 0)
    .each((scan) => {
      // A scan is taken back by a later one, which this way comes first.
      if (scan.undoes !== null) undone.add(scan.undoes);
      else if (isAccepted(scan) && !undone.has(scan.id)) standing.push(scanOf(scan));
    });
  return standing[0] ?? null;
}
