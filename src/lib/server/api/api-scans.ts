import type * as v from 'valibot';
import { correctedTime, isAccepted } from '../../domain/scan.ts';
import type { Installation } from '../installation.ts';
import { scanOf } from '../feed.ts';
import { feedPage, feedRange } from './api-feed.ts';
import { isoTime, type ApiScanPageSchema, type ScanQuerySchema } from './api-schemas.ts';
import type { ApiClient } from './api-tokens.ts';

/**
 * A page of an event's scans in the order in which the server got them, which for tablets that were offline is not the
 * order in which they were made. Who of the staff decided something, and why, stays here.
 *
 * @returns null when the cursor is no good
 */
export async function listApiScans(
  { db }: Installation,
  { eventId }: ApiClient,
  { after, limit }: v.InferOutput<typeof ScanQuerySchema>,
): Promise<v.InferInput<typeof ApiScanPageSchema> | null> {
  const range = await feedRange(db, eventId, after);
  if (!range) return null;
  const found = await db
    .selectFrom('scans')
    .leftJoin('tickets', (join) =>
      join.onRef('tickets.id', '=', 'scans.ticket_id').onRef('tickets.event_id', '=', 'scans.event_id'),
    )
    .selectAll('scans')
    .select('tickets.registration_id')
    .where('scans.event_id', '=', eventId)
    .where('change', '>', range.after)
    .where('change', '<=', range.newest)
    .orderBy('change')
    .limit(limit + 1)
    .execute();
  const { rows, cursor, more } = feedPage(found, limit, range);
  return {
    scans: rows.map((row) => {
      const scan = scanOf(row);
      return {
        id: scan.id,
        at: isoTime(correctedTime(scan)),
        receivedAt: isoTime(row.received_at),
        checkpoint: scan.checkpointId,
        direction: scan.direction,
        verdict: scan.verdictShown,
        accepted: isAccepted(scan),
        byHand: scan.byHand !== null,
        registration: row.registration_id,
        device: scan.deviceId,
        broughtBy: row.brought_by,
        undoes: scan.undoes,
      };
    }),
    cursor,
    more,
  };
}
