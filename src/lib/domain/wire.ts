import * as v from 'valibot';
import { DecisionSchema } from './decision.ts';
import {
  CursorSchema,
  DeviceIdSchema,
  EventIdSchema,
  RegistrationIdSchema,
  TicketIdSchema,
  WorkgroupIdSchema,
} from './ids.ts';
import { RegistrationSchema } from './registration.ts';
import { ScanSchema } from './scan.ts';
import { EventSettingSchema } from './setting.ts';
import { SignatureSchema } from './signing.ts';
import type { SignedRecord } from './signed-record.ts';
import { storable } from './text.ts';
import { MillisSchema } from './time.ts';

/**
 * What tablet and server say to each other, version 1. Tablets are old clients, so this is a promise: fields may be
 * added, none renamed or dropped. Both sides ignore what they don't know.
 */

/** One piece of news in the feed. */
export const ChangeSchema = v.variant('kind', [
  v.object({ kind: v.literal('setting'), setting: EventSettingSchema }),
  v.object({ kind: v.literal('registration'), registration: RegistrationSchema }),
  v.object({ kind: v.literal('registration_removed'), registrationId: RegistrationIdSchema }),
  v.object({
    kind: v.literal('scan'),
    scan: ScanSchema,
    /** By which the scan can be handed on to a tablet that has no network; a scan counts without, too. */
    signature: v.fallback(v.optional(SignatureSchema), undefined),
  }),
  /** Tablets of before keep it unread, and go on counting each ticket once. */
  v.object({ kind: v.literal('decision'), decision: DecisionSchema }),
  /** What seals that which passes between the event's tablets: 32 bytes in base64url. The last one counts. */
  v.object({ kind: v.literal('exchange_key'), key: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)) }),
]);
export type ChangeWire = v.InferInput<typeof ChangeSchema>;
export type Change = v.InferOutput<typeof ChangeSchema>;

/**
 * The news that this side understands. A newer server may send kinds and words that an older tablet has never heard of;
 * the tablet keeps them as they came, and understands them after its update.
 */
export function readChanges(wire: readonly unknown[]): Change[] {
  return wire.flatMap((change) => {
    const parsed = v.safeParse(ChangeSchema, change);
    return parsed.success ? [parsed.output] : [];
  });
}

/** The most characters of a walk-in's name. */
export const NAME_LENGTH = 200;

/** Somebody registered at the door, offline; the ticket is signed with the tablet's own key. */
export const WalkInSchema = v.object({
  registrationId: RegistrationIdSchema,
  ticketId: TicketIdSchema,
  name: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(NAME_LENGTH), storable),
  workgroupId: WorkgroupIdSchema,
  ticketText: v.pipe(v.string(), v.maxLength(500), storable),
  deviceTime: MillisSchema,
  clockOffset: v.pipe(v.number(), v.safeInteger()),
});
export type WalkIn = v.InferOutput<typeof WalkInSchema>;

/** How the tablet is doing, for the office. */
export const DeviceStatusSchema = v.object({
  /** Scans and walk-ins not confirmed by the server, counted before this round trip. */
  waiting: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  clockOffset: v.pipe(v.number(), v.safeInteger()),
  /** The app's build. */
  version: v.pipe(v.string(), v.maxLength(100), storable),
  /** 0 to 1, or null where the browser doesn't tell. */
  battery: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
});
export type DeviceStatus = v.InferOutput<typeof DeviceStatusSchema>;

/** The most scans in one request. */
export const MAX_SCANS_PER_SYNC = 500;

/** When the server last heard from a tablet of the event, so that the others can tell how old its news is. */
export const TabletNewsSchema = v.object({
  id: DeviceIdSchema,
  lastContactAt: v.nullable(MillisSchema),
  /** Scans and walk-ins that it had not handed in by then. */
  waiting: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});
export type TabletNews = v.InferOutput<typeof TabletNewsSchema>;

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The envelope of a sync. Its scans and walk-ins are parsed one by one on the server, because a malformed one must be
 * kept and confirmed, not send the whole request back.
 */
export const SyncRequestSchema = v.object({
  cursor: v.nullable(CursorSchema),
  scans: v.pipe(v.array(v.unknown()), v.maxLength(MAX_SCANS_PER_SYNC)),
  walkIns: v.pipe(v.array(v.unknown()), v.maxLength(MAX_SCANS_PER_SYNC)),
  /** Null when it can't be read: what the tablet hands in matters more than how it is doing. */
  status: v.fallback(v.nullable(DeviceStatusSchema), null),
  /**
   * Of its scans, in their order, so that other tablets can hand them on; unreadable ones do the scans no harm. A list,
   * because an object of many ids takes five times as long to read; tablets of before send that.
   */
  signatures: v.optional(
    v.fallback(v.union([v.array(v.unknown()), v.custom<Readonly<Record<string, unknown>>>(isObject)]), []),
    [],
  ),
  /** What other tablets have made and this one has learnt from them: `SignedRecordSchema`, parsed one by one, too. */
  relayed: v.optional(v.pipe(v.array(v.unknown()), v.maxLength(MAX_SCANS_PER_SYNC)), []),
});
export interface SyncRequest extends v.InferInput<typeof SyncRequestSchema> {
  scans: v.InferInput<typeof ScanSchema>[];
  walkIns: v.InferInput<typeof WalkInSchema>[];
  relayed?: SignedRecord[];
}

export const SyncResponseSchema = v.object({
  /** Ids of scans and walk-ins that the server holds for good. */
  acknowledged: v.array(v.string()),
  /** Of what was handed in for other tablets; servers of before know nothing of it. */
  relayed: v.optional(
    v.object({
      /** Ids of records that the server holds for good. */
      acknowledged: v.array(v.string()),
      /** Of these, the ids of those that it keeps aside: they don't count, here or anywhere. */
      aside: v.array(v.string()),
    }),
  ),
  changes: v.pipe(
    v.array(v.unknown()),
    v.transform((changes) => readChanges(changes)),
  ),
  cursor: CursorSchema,
  /** There is more to fetch at once. */
  more: v.boolean(),
  serverTime: MillisSchema,
  /** The cursor was too old or of another database: forget the feed, send every scan again, start over. */
  reset: v.optional(v.boolean()),
  /** The event's tablets that are in use. */
  tablets: v.optional(v.array(TabletNewsSchema)),
  /** The device was revoked: hand in what waits, then wipe. */
  revoked: v.optional(v.boolean()),
  /** The office wants the tablet locked: let go of the roster at once, and ask for the PIN. */
  lock: v.optional(v.boolean()),
});
export type SyncResponse = v.InferOutput<typeof SyncResponseSchema>;
export interface SyncResponseWire extends Omit<v.InferInput<typeof SyncResponseSchema>, 'changes'> {
  changes: ChangeWire[];
}

/** What the office calls a tablet. */
export const DeviceNameSchema = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(60), storable);

export const PairRequestSchema = v.object({
  code: v.pipe(v.string(), v.maxLength(40)),
  name: DeviceNameSchema,
  /** Base64url of the 32 bytes of the device's Ed25519 public key. */
  publicKey: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)),
});
export type PairRequest = v.InferOutput<typeof PairRequestSchema>;

export const PairResponseSchema = v.object({
  deviceId: DeviceIdSchema,
  eventId: EventIdSchema,
  /** The bearer token; the server keeps only its hash. */
  token: v.string(),
  serverTime: MillisSchema,
});
export type PairResponse = v.InferOutput<typeof PairResponseSchema>;

/** What an endpoint answers instead, with a status of 400 or above; `code` is for programs, people get their own language's text. */
export const ProblemSchema = v.object({ code: v.string(), message: v.string() });
export type Problem = v.InferOutput<typeof ProblemSchema>;
