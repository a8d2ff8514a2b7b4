import * as v from 'valibot';
import {
  CheckpointIdSchema,
  CursorSchema,
  DeviceIdSchema,
  PayloadHashSchema,
  ScanIdSchema,
  TicketIdSchema,
  type ScanId,
} from './ids.ts';
import { DirectionSchema } from './setting.ts';
import { storable } from './text.ts';
import { DAY, MillisSchema, millis, type Millis } from './time.ts';
import { isFavourable, VerdictWordSchema } from './verdict.ts';

/** The most characters of who did something on their own word, and of why. */
export const STAFF_TEXT_LENGTH = 200;

const staffText = v.pipe(v.string(), v.maxLength(STAFF_TEXT_LENGTH), storable);
const StaffWordSchema = v.object({ by: staffText, why: staffText });
/** Who did something on their own word, and why. */
export type StaffWord = v.InferOutput<typeof StaffWordSchema>;

/** Cuts it to what the server understands: what is too long would not count there. */
export function staffWord({ by, why }: StaffWord): StaffWord {
  return { by: by.slice(0, STAFF_TEXT_LENGTH), why: why.slice(0, STAFF_TEXT_LENGTH) };
}

/** Each field of a scan, so that a wire schema can say more (or less) about the whole. */
export const scanEntries = {
  /** UUIDv7, made on the tablet. */
  id: ScanIdSchema,
  deviceId: DeviceIdSchema,
  /** Counts a device's scans without a gap, from 1. */
  deviceSeq: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  /** Null where what was shown is no ticket of ours; then `payloadHash` stands. */
  ticketId: v.nullable(TicketIdSchema),
  payloadHash: v.nullable(PayloadHashSchema),
  checkpointId: CheckpointIdSchema,
  direction: DirectionSchema,
  /** By the tablet's own clock. */
  deviceTime: MillisSchema,
  /** What the tablet believed must be added to its clock to get the server's, in milliseconds. */
  clockOffset: v.pipe(v.number(), v.safeInteger()),
  /** How much the tablet knew; null before its first sync. */
  rosterCursor: v.nullable(CursorSchema),
  verdictShown: VerdictWordSchema,
  /** The staff let the holder through against the verdict shown. */
  override: v.nullable(StaffWordSchema),
  /** Nobody showed a ticket: the staff found the holder in the roster. Tablets of before don't say. */
  byHand: v.optional(v.nullable(StaffWordSchema), null),
  /** This scan takes back an earlier one of the same device and ticket. */
  undoes: v.nullable(ScanIdSchema),
};

/** One reading of a ticket at a checkpoint: an entry of the log that only grows. */
export const ScanSchema = v.object(scanEntries);
export type Scan = v.InferOutput<typeof ScanSchema>;

/**
 * The largest clock offset that counts, in milliseconds. A clock that is off by more is not set at all, and no
 * correction of it is worth believing.
 */
export const MAX_CLOCK_OFFSET = DAY;

/** Two devices' scans closer than this, in milliseconds, can't be ordered for sure. */
export const NEAR_TIE = 2_000;

/** Caps a measured clock offset, in milliseconds. */
export function cappedOffset(offset: number): number {
  return Math.max(-MAX_CLOCK_OFFSET, Math.min(MAX_CLOCK_OFFSET, Math.round(offset)));
}

/** The scan's time by the server's clock, as well as the tablet could know it. */
export function correctedTime(scan: Pick<Scan, 'deviceTime' | 'clockOffset'>): Millis {
  return millis(scan.deviceTime + cappedOffset(scan.clockOffset));
}

/** The effective order of scans: by corrected time, then device, then the device's own count. Total and the same everywhere. */
export function compareScans(a: Scan, b: Scan): number {
  return (
    correctedTime(a) - correctedTime(b) ||
    (a.deviceId < b.deviceId ? -1 : a.deviceId > b.deviceId ? 1 : a.deviceSeq - b.deviceSeq)
  );
}

/**
 * The scans that moved somebody, in effective order: each once, accepted (by the verdict or by the staff), not taken
 * back. Only the device that made a scan can take it back, and only for the same ticket.
 */
export function effectiveScans(scans: Iterable<Scan>): Scan[] {
  const byId = new Map<ScanId, Scan>();
  for (const scan of scans) byId.set(scan.id, scan);
  const undone = new Set<ScanId>();
  for (const undo of byId.values()) {
    const target = undo.undoes && byId.get(undo.undoes);
    if (target && target.deviceId === undo.deviceId && subjectOf(target) === subjectOf(undo))
      undone.add(target.id);
  }
  return [...byId.values()].filter((scan) => isAccepted(scan) && !undone.has(scan.id)).sort(compareScans);
}

/** Whether the door opened: by the verdict, or by the staff's word against it. */
export function isAccepted(scan: Pick<Scan, 'verdictShown' | 'override' | 'undoes'>): boolean {
  return scan.undoes === null && (isFavourable(scan.verdictShown) || scan.override !== null);
}

/** What was scanned: the ticket, or the hash of what was none. */
export function subjectOf(scan: Scan): NonNullable<Scan['ticketId'] | Scan['payloadHash']> | null {
  return scan.ticketId ?? scan.payloadHash;
}
