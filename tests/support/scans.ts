import { v7 } from 'uuid';
import type { EventId, ScanId } from '../../src/lib/domain/ids.ts';
import type { NewScanRow } from '../../src/lib/server/database/schema.ts';
import { nextChange } from '../../src/lib/server/database/change-numbers.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import type { Millis } from '../../src/lib/domain/time.ts';

type Told = Pick<NewScanRow, 'device_id' | 'checkpoint_id' | 'ticket_id'> & {
  at: Millis;
} & Partial<NewScanRow>;

/** Appends a scan to the log as if a tablet had handed it in; by default somebody was let in. */
export async function appendScan(
  installation: Installation,
  eventId: EventId,
  { at, ...told }: Told,
): Promise<ScanId> {
  const id = v7() as ScanId;
  await installation.db.transaction().execute(async (tx) => {
    const change = await nextChange(tx, eventId);
    const row: NewScanRow = {
      event_id: eventId,
      id,
      device_seq: change,
      payload_hash: null,
      direction: 'entry',
      device_time: at,
      clock_offset: 0,
      roster_cursor: null,
      verdict_shown: 'admitted',
      override_by: null,
      override_why: null,
      by_hand_by: null,
      by_hand_why: null,
      undoes: null,
      received_at: at,
      change,
      ...told,
    };
    await tx.insertInto('scans').values(row).execute();
  });
  return id;
}
