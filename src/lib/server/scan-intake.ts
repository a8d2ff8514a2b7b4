import * as v from 'valibot';
import type { AnomalyReason } from '../domain/anomaly.ts';
import type { DeviceId, EventId, ScanId } from '../domain/ids.ts';
import { correctedTime, ScanSchema, type Scan } from '../domain/scan.ts';
import { SignatureSchema } from '../domain/signing.ts';
import { DAY, type Millis } from '../domain/time.ts';
import { Anomalies } from './anomalies.ts';
import { appendScans, type UnnumberedScan } from './database/insert-scans.ts';
import type { Tx } from './database/open.ts';
import type { DeviceRow } from './database/schema.ts';
import type { Installation } from './installation.ts';

export interface Intake {
  /** Ids that the tablet need not send again. */
  acknowledged: string[];
  /** How many records are new in the log. */
  stored: number;
  /** Ids of records that were kept aside, and are not in the log. */
  aside: string[];
}

export interface ScanIntake extends Intake {
  /** The numbers of the feed that these scans have taken, the first and the last; null when they took none. */
  numbers: { first: number; last: number } | null;
}

/** In the records' order, or by the scans' ids; one that is missing does the scan no harm. */
type Signatures = readonly unknown[] | Readonly<Record<string, unknown>>;

/** How scans came here. */
export interface Handover {
  signatures?: Signatures;
  /** Another tablet than the one that made them. */
  broughtBy?: DeviceId | null;
}

/**
 * Appends scans to the log, each once; what can't be right becomes an anomaly. Every id that was sent is acknowledged.
 *
 * @param device - that made them, and has shown that it did: by its token, or by its signature
 */
export async function storeScans(
  tx: Tx,
  installation: Pick<Installation, 'clock'>,
  device: DeviceRow,
  records: unknown[],
  { signatures = [], broughtBy = null }: Handover = {},
): Promise<ScanIntake> {
  if (records.length === 0) return { acknowledged: [], stored: 0, aside: [], numbers: null };
  const now = installation.clock();
  const anomalies = new Anomalies(tx, installation, device);
  const scans: { scan: Scan; record: unknown; signature: unknown }[] = [];
  const odd: { reason: AnomalyReason; record: unknown }[] = [];
  for (const [i, record] of records.entries()) {
    const { scan, reason } = judgeScan(record, device, now);
    if (reason) odd.push({ reason, record });
    if (scan) scans.push({ scan, record, signature: signatureOf(scan.id, i, signatures) });
  }

  let stored = 0;
  let refused: Scan[] = [];
  let numbers: ScanIntake['numbers'] = null;
  // The event's row first: who holds it and waits for another's anomaly must not be waited for by that other.
  if (scans.length > 0) {
    const { event_id } = device;
    const rows = scans.map(({ scan, signature }) => rowOf(scan, event_id, { now, signature, broughtBy }));
    const { last, inserted } = await appendScans(tx, rows);
    const first = last - scans.length + 1;
    numbers = { first, last };
    stored = inserted.length;
    if (stored < scans.length) {
      const taken = new Set(inserted);
      const notTaken = scans.filter((_, i) => !taken.has(first + i));
      refused = await judgeRefused(tx, device.event_id, notTaken, anomalies);
    }
  }
  for (const { reason, record } of odd) await anomalies.add(reason, record);
  const ids = (of: unknown[]) => of.map(idOfRecord).filter((id) => id !== null);
  const unread = odd.filter(({ reason }) => reason !== 'unknown_field').map(({ record }) => record);
  return { acknowledged: ids(records), stored, aside: ids([...unread, ...refused]), numbers };
}

/** A record with a field that we don't know is a scan all the same; the whole of it is kept beside it. */
function judgeScan(
  record: unknown,
  device: DeviceRow,
  now: Millis,
): { scan: Scan | null; reason: AnomalyReason | null } {
  const parsed = v.safeParse(ScanSchema, record);
  if (!parsed.success) return { scan: null, reason: 'malformed' };
  const scan = parsed.output;
  if ((scan.ticketId === null) === (scan.payloadHash === null)) return { scan: null, reason: 'malformed' };
  if (scan.deviceId !== device.id) return { scan: null, reason: 'foreign_device' };
  const time = correctedTime(scan);
  if (time < device.paired_at - DAY || time > now + DAY) return { scan: null, reason: 'impossible_time' };
  if (device.revoked_at !== null && time > device.revoked_at)
    return { scan: null, reason: 'after_revocation' };
  return { scan, reason: hasMore(record, scan) ? 'unknown_field' : null };
}

/** Whether a record has a field, at any depth, that parsing has left out because it doesn't know it. */
function hasMore(record: unknown, parsed: unknown): boolean {
  if (typeof record !== 'object' || record === null) return false;
  const known = (parsed ?? {}) as Record<string, unknown>;
  const parts = record as Record<string, unknown>;
  return Object.keys(parts).some((key) => !Object.hasOwn(known, key) || hasMore(parts[key], known[key]));
}

/**
 * Scans that the log did not take: sent again, which is harmless, or in the place of another scan.
 *
 * @returns the latter
 */
async function judgeRefused(
  tx: Tx,
  eventId: EventId,
  refused: { scan: Scan; record: unknown }[],
  anomalies: Anomalies,
): Promise<Scan[]> {
  const ids = refused.map(({ scan }) => scan.id);
  const rows = await tx
    .selectFrom('scans')
    .select(['id', 'device_id', 'device_seq'])
    .where('event_id', '=', eventId)
    .where('id', 'in', ids)
    .execute();
  const known = new Map<ScanId, (typeof rows)[number]>(rows.map((row) => [row.id, row]));
  const elsewhere = await idsElsewhere(
    tx,
    ids.filter((id) => !known.has(id)),
  );
  const aside: Scan[] = [];
  for (const { scan, record } of refused) {
    const row = known.get(scan.id);
    if (row?.device_id === scan.deviceId && row.device_seq === scan.deviceSeq) continue;
    aside.push(scan);
    await anomalies.add(row || elsewhere.has(scan.id) ? 'id_taken' : 'sequence_taken', record);
  }
  return aside;
}

/** Which of these ids scans of other events have, where the log has each id once. */
async function idsElsewhere(tx: Tx, ids: ScanId[]): Promise<Set<ScanId>> {
  if (ids.length === 0) return new Set();
  const rows = await tx.selectFrom('scans').select('id').where('id', 'in', ids).execute();
  return new Set(rows.map(({ id }) => id));
}

const isList: (value: object) => value is readonly unknown[] = Array.isArray;

const signatureOf = (id: ScanId, place: number, signatures: Signatures): unknown =>
  isList(signatures) ? signatures[place] : signatures[id];

function rowOf(
  scan: Scan,
  eventId: EventId,
  { now, signature, broughtBy }: { now: Millis; signature: unknown; broughtBy: DeviceId | null },
): UnnumberedScan {
  return {
    event_id: eventId,
    id: scan.id,
    device_id: scan.deviceId,
    device_seq: scan.deviceSeq,
    ticket_id: scan.ticketId,
    payload_hash: scan.payloadHash,
    checkpoint_id: scan.checkpointId,
    direction: scan.direction,
    device_time: scan.deviceTime,
    clock_offset: scan.clockOffset,
    roster_cursor: scan.rosterCursor,
    verdict_shown: scan.verdictShown,
    override_by: scan.override?.by ?? null,
    override_why: scan.override?.why ?? null,
    by_hand_by: scan.byHand?.by ?? null,
    by_hand_why: scan.byHand?.why ?? null,
    undoes: scan.undoes,
    received_at: now,
    signature: v.is(SignatureSchema, signature) ? signature : null,
    brought_by: broughtBy,
  };
}

function idOfRecord(record: unknown): string | null {
  const id = typeof record === 'object' && record !== null && 'id' in record ? record.id : null;
  return typeof id === 'string' ? id : null;
}
