import type { DeviceId } from '../domain/ids.ts';
import { cappedOffset, correctedTime } from '../domain/scan.ts';
import { isScan, makerOf, type SignedRecord } from '../domain/signed-record.ts';
import { addMillis, type Millis } from '../domain/time.ts';
import type { Way } from './record-book.ts';

/** How a record came here. */
export interface Coming {
  way: Way;
  /** By this tablet's clock. */
  at: Millis;
}

/** What is known of one tablet by way of others, not of the server; it names nobody. */
export interface LearntOfTablet extends Coming {
  /** The tablet that made the records; another may have handed them over. `way` and `at` are those of the latest. */
  deviceId: DeviceId;
  /** When the newest of them was made, corrected by its maker's offset. */
  newest: Millis;
}

/** What this tablet knows from other tablets, for somebody who must know how old it is. */
export interface Learnt {
  /** When something new last came, by the server's clock. */
  lastAt: Millis;
  /** By which way that came. */
  way: Way;
  /** Each tablet of which something came. */
  tablets: readonly LearntOfTablet[];
}

/**
 * Adds records that have come to what was learnt before. The order in which they come makes no difference, unless two
 * come in the same millisecond by different ways.
 */
export function learnMore(
  before: readonly LearntOfTablet[],
  records: readonly SignedRecord[],
  { way, at }: Coming,
): LearntOfTablet[] {
  const learnt = new Map(before.map((one) => [one.deviceId, one]));
  for (const record of records) {
    const deviceId = makerOf(record);
    const made = correctedTime(isScan(record) ? record.scan : record.walkIn);
    const known = learnt.get(deviceId);
    const newest = known && known.newest > made ? known.newest : made;
    const latest = known && known.at > at ? { way: known.way, at: known.at } : { way, at };
    learnt.set(deviceId, { deviceId, newest, ...latest });
  }
  return [...learnt.values()];
}

/**
 * @param clockOffset - what must be added to this tablet's clock to get the server's, in milliseconds
 * @returns null when nothing ever came from another tablet
 */
export function learntInSum(tablets: readonly LearntOfTablet[], clockOffset: number): Learnt | null {
  if (tablets.length === 0) return null;
  const last = tablets.reduce((latest, one) => (one.at > latest.at ? one : latest));
  return { lastAt: addMillis(last.at, cappedOffset(clockOffset)), way: last.way, tablets };
}

/**
 * Whether the tablets have told more than the server: what came before the last sync, the server has told of since.
 *
 * @param lastSyncAt - by the server's clock
 */
export function isNewerThan(learnt: Learnt, lastSyncAt: number | null): boolean {
  return lastSyncAt === null || learnt.lastAt > lastSyncAt;
}
