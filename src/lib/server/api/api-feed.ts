import type { EventId } from '../../domain/ids.ts';
import type { Database } from '../database/open.ts';
import { formatCursor, parseCursor } from '../feed.ts';

/** Where in an event's feed somebody reads on. */
export interface FeedRange {
  databaseId: string;
  /** The number of the last change that they know. */
  after: number;
  /** The newest number; what comes while we read is left to the next page, so that nothing is skipped. */
  newest: number;
}

/** @returns null when the cursor is none of ours, or from before a backup was restored: read from the beginning */
export async function feedRange(
  db: Database,
  eventId: EventId,
  cursor: string | undefined,
): Promise<FeedRange | null> {
  const { database_id } = await db.selectFrom('installation').select('database_id').executeTakeFirstOrThrow();
  const { change } = await db
    .selectFrom('events')
    .select('change')
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
  const after = cursor === undefined ? 0 : parseCursor(cursor, database_id, change);
  return after === null ? null : { databaseId: database_id, after, newest: change };
}

/**
 * Cuts rows, of which one more was read than a page holds, to the page.
 *
 * @param rows - in the order of their changes
 */
export function feedPage<Row extends { change: number }>(
  rows: Row[],
  limit: number,
  { databaseId, newest }: FeedRange,
): { rows: Row[]; cursor: string; more: boolean } {
  const more = rows.length > limit;
  const shown = rows.slice(0, limit);
  return { rows: shown, cursor: formatCursor(databaseId, more ? shown.at(-1)!.change : newest), more };
}
