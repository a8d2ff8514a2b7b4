import { v7 } from 'uuid';
import type { CheckpointId, DeviceId, EventId, ScanId, TicketId } from '../../src/lib/domain/ids.ts';
import type { NewScanRow } from '../../src/lib/server/database/schema.ts';
import { nextChange } from '../../src/lib/server/database/change-numbers.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { millis, type Millis } from '../../src/lib/domain/time.ts';
import type { UnnumberedScan } from '../../src/lib/server/database/insert-scans.ts';

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

/** Somebody was let in at the hall's door, by a tablet that nobody has paired. */
export function unnumberedScan(
  eventId: EventId,
  deviceSeq: number,
  more: Partial<UnnumberedScan> = {},
): UnnumberedScan {
  return {
    event_id: eventId,
    id: crypto.randomUUID() as ScanId,
    device_id: 'another' as DeviceId,
    device_seq: deviceSeq,
    ticket_id: crypto.randomUUID() as TicketId,
    checkpoint_id: 'hall-door' as CheckpointId,
    direction: 'entry',
    device_time: millis(0),
    clock_offset: 0,
    verdict_shown: 'admitted',
    received_at: millis(0),
    ...more,
  };
}
