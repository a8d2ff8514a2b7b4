import * as v from 'valibot';
import { CertifiedDeviceSchema, type CertifiedDevice } from '../device-certificate.ts';
import { HeldSchema } from '../held.ts';
import { DeviceIdSchema } from '../ids.ts';
import { SignedRecordSchema, type SignedRecord } from '../signed-record.ts';
import { SealedSignalSchema } from './signal.ts';

/**
 * What linked tablets say to each other. Tablets of one event may run different versions of the app: both ignore what
 * they don't know, and fields may be added, none renamed or dropped.
 */

/** What this app speaks; a later one speaks it too. */
export const NEARBY_VERSION = 1;
/** The most tablets in one mesh, this one included. */
export const MOST_TABLETS = 8;
/** The most records in one message. */
export const MOST_RECORDS = 100;
/** The most bytes of one message before it is sealed. */
export const MOST_PLAIN_BYTES = 200_000;
/** So many walk-ins are told of at most; of the others the other side is sent what it has already. */
export const MOST_WALK_INS = 3_000;
const MOST_DEVICES = 500;

const TabletsSchema = v.pipe(v.array(DeviceIdSchema), v.maxLength(50));
const BoundedHeldSchema = v.pipe(
  HeldSchema,
  v.check(({ scans }) => Object.keys(scans).length <= MOST_DEVICES, 'too many devices'),
  v.check(({ walkIns }) => walkIns.length <= MOST_WALK_INS, 'too many walk-ins'),
);
const MakersSchema = v.optional(v.pipe(v.array(v.unknown()), v.maxLength(MOST_RECORDS)), []);
const CountSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const MessageSchema = v.variant('kind', [
  /** Said first, by both. */
  v.object({
    kind: v.literal('hello'),
    version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    held: BoundedHeldSchema,
    /** SHA-256 of the certificate by which the tablet will be known when it returns; null where it keeps none. */
    certificate: v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'not a fingerprint'))),
    /** Another one each time that the tablet's page was opened; null from tablets of before. */
    page: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(32))), null),
    /** The server's word for the tablet itself. */
    makers: MakersSchema,
  }),
  /** What the other lacks. Parsed one by one: a malformed one is refused, the others count. */
  v.object({
    kind: v.literal('records'),
    records: v.pipe(v.array(v.unknown()), v.maxLength(MOST_RECORDS)),
    /** The server's word for the tablets that made them, which the other may never have heard of. */
    makers: MakersSchema,
  }),
  /** What became of records, and what the tablet has now that it had not said it has. */
  v.object({
    kind: v.literal('got'),
    held: BoundedHeldSchema,
    taken: CountSchema,
    known: CountSchema,
    refused: CountSchema,
  }),
  /** Wants what it lacks, such as after it was refused. */
  v.object({ kind: v.literal('ask'), held: BoundedHeldSchema }),
  /** Still here, and linked to these: so tablets get to know of those that they are not linked to. */
  v.object({ kind: v.literal('present'), linked: TabletsSchema }),
  /** A signal from one tablet to another, handed on by one that is linked to both. */
  v.object({
    kind: v.literal('carry'),
    from: DeviceIdSchema,
    to: DeviceIdSchema,
    signal: SealedSignalSchema,
  }),
  /** By this offer the other may come back after a reload, when nobody can carry a signal. */
  v.object({ kind: v.literal('standing'), signal: SealedSignalSchema }),
]);
export type Message = v.InferOutput<typeof MessageSchema>;

const KINDS: ReadonlySet<unknown> = new Set(MessageSchema.options.map(({ entries }) => entries.kind.literal));

export type MessageReading =
  | { kind: 'message'; message: Message }
  /** Of a later version of the app. */
  | { kind: 'unknown' }
  | { kind: 'malformed' };

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export function encodeMessage(message: Message): Uint8Array<ArrayBuffer> {
  return encoder.encode(JSON.stringify(message));
}

export function readMessage(bytes: Uint8Array): MessageReading {
  if (bytes.length > MOST_PLAIN_BYTES) return { kind: 'malformed' };
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch {
    return { kind: 'malformed' };
  }
  const parsed = v.safeParse(MessageSchema, value);
  if (parsed.success) return { kind: 'message', message: parsed.output };
  const kind: unknown = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : null;
  return typeof kind === 'string' && !KINDS.has(kind) ? { kind: 'unknown' } : { kind: 'malformed' };
}

/** The records of a message that are any, and how many are none. */
export function readRecords(records: readonly unknown[]): { records: SignedRecord[]; malformed: number } {
  const read = readEach(SignedRecordSchema, records);
  return { records: read, malformed: records.length - read.length };
}

/** Those of a message's tablets that are any. */
export function readMakers({ makers }: { makers: readonly unknown[] }): CertifiedDevice[] {
  return readEach(CertifiedDeviceSchema, makers);
}

function readEach<Schema extends v.GenericSchema>(
  schema: Schema,
  values: readonly unknown[],
): v.InferOutput<Schema>[] {
  return values.flatMap((value) => {
    const parsed = v.safeParse(schema, value);
    return parsed.success ? [parsed.output] : [];
  });
}
