import { v5, v7 } from 'uuid';
import type { DeviceId, EventId, ScanId } from '../domain/ids.ts';
import type { Scan } from '../domain/scan.ts';
import { insertScans } from './database/insert-scans.ts';
import type { Tx } from './database/open.ts';
import type { Installation } from './installation.ts';

/**
 * Tablets that no one holds: entries into digital meetings and whatever the reception desk does by hand stand in the log
 * as their scans, so that everybody is counted by the same rules.
 */
export function meetingDevice(eventId: EventId): DeviceId {
  return v5(`einlass meeting ${eventId}`, v5.URL) as DeviceId;
}

export function deskDevice(eventId: EventId): DeviceId {
  return v5(`einlass desk ${eventId}`, v5.URL) as DeviceId;
}

/** The event's tablets that no one holds, as the others and the office call them. */
export function ownDevices(eventId: EventId): { id: DeviceId; name: string }[] {
  return [
    { id: meetingDevice(eventId), name: 'Online' },
    { id: deskDevice(eventId), name: 'Empfang' },
  ];
}

export type OwnScan = Pick<Scan, 'deviceId' | 'ticketId' | 'checkpointId' | 'direction' | 'verdictShown'> &
  Partial<Pick<Scan, 'id' | 'payloadHash' | 'override' | 'byHand' | 'undoes'>>;

/**
 * Appends a scan of a tablet that no one holds.
 *
 * @param change - its number among the event's changes; taking one before makes others wait until this is in the log
 */
export async function appendOwnScan(
  tx: Tx,
  { clock }: Pick<Installation, 'clock'>,
  eventId: EventId,
  scan: OwnScan,
  change: number,
): Promise<void> {
  const { last } = await tx
    .selectFrom('scans')
    .select((eb) => eb.fn.max('device_seq').as('last'))
    .where('event_id', '=', eventId)
    .where('device_id', '=', scan.deviceId)
    .executeTakeFirstOrThrow();
  const now = clock();
  await insertScans(tx, [
    {
      event_id: eventId,
      id: scan.id ?? (v7() as ScanId),
      device_id: scan.deviceId,
      device_seq: (last ?? 0) + 1,
      ticket_id: scan.ticketId,
      payload_hash: scan.payloadHash ?? null,
      checkpoint_id: scan.checkpointId,
      direction: scan.direction,
      device_time: now,
      clock_offset: 0,
      roster_cursor: null,
      verdict_shown: scan.verdictShown,
      override_by: scan.override?.by ?? null,
      override_why: scan.override?.why ?? null,
      by_hand_by: scan.byHand?.by ?? null,
      by_hand_why: scan.byHand?.why ?? null,
      undoes: scan.undoes ?? null,
      received_at: now,
      change,
    },
  ]);
}
