import * as v from 'valibot';
import { base64urlToBytes, bytesToBase64url, joinBytes, type Bytes } from './bytes.ts';
import { DeviceIdSchema, EventIdSchema } from './ids.ts';
import type { Scan } from './scan.ts';
import { SIGNATURE_LENGTH, signBytes, verifySignature, type PrivateKey } from './signing.ts';
import { MillisSchema } from './time.ts';
import type { WalkIn } from './wire.ts';

/**
 * What a tablet scanned, as a file: for the day when it doesn't come to the network any more. Version 1, UTF-8, two
 * lines; the whole may be compressed with gzip.
 *
 * 1. the head, JSON: `{"format":"einlass-scans","version":1,"signature":"…"}`, the signature base64url of 64 bytes,
 *    Ed25519 by the tablet's own key over `einlass-scan-file` and the bytes of the second line
 * 2. the content, JSON, see `ScanFileContentSchema`
 *
 * It holds names where there are walk-ins: it is to be kept like a guest list.
 */
export interface ScanFile {
  content: ScanFileContent;
  /** The second line, exactly. */
  signedBytes: Bytes;
  signature: Bytes;
}

export const SCAN_FILE_FORMAT = 'einlass-scans';

/** Says what is signed, so that a signature made for one purpose proves nothing for another. */
const PURPOSE = new TextEncoder().encode('einlass-scan-file');

/** More than a tablet can make in a week. */
const MOST_RECORDS = 100_000;

const HeadSchema = v.object({
  format: v.literal(SCAN_FILE_FORMAT),
  version: v.literal(1),
  signature: v.pipe(
    v.string(),
    v.transform(base64urlToBytes),
    v.check((bytes) => bytes?.length === SIGNATURE_LENGTH, 'not a signature'),
    v.transform((bytes) => bytes!),
  ),
});

/** Records are parsed one by one by whoever takes them in, because a malformed one must be kept, not refuse the file. */
export const ScanFileContentSchema = v.object({
  eventId: EventIdSchema,
  deviceId: DeviceIdSchema,
  /** By the tablet's own clock. */
  madeAt: MillisSchema,
  /** Every scan of the tablet, the oldest first. */
  scans: v.pipe(v.array(v.unknown()), v.maxLength(MOST_RECORDS)),
  /** Walk-ins that the server has not confirmed. */
  walkIns: v.pipe(v.array(v.unknown()), v.maxLength(MOST_RECORDS)),
  /** Ids of the scans that the server has not confirmed. */
  waiting: v.pipe(v.array(v.string()), v.maxLength(MOST_RECORDS)),
});
export type ScanFileContent = v.InferOutput<typeof ScanFileContentSchema>;

/** What a tablet puts in. */
export interface OwnScans extends ScanFileContent {
  scans: Scan[];
  walkIns: WalkIn[];
}

/** @returns the file's bytes, not compressed */
export async function writeScanFile(content: OwnScans, privateKey: PrivateKey): Promise<Bytes> {
  const encoder = new TextEncoder();
  const signedBytes = encoder.encode(JSON.stringify(content));
  const signature = await signBytes(privateKey, joinBytes(PURPOSE, signedBytes));
  const head = { format: SCAN_FILE_FORMAT, version: 1, signature: bytesToBase64url(signature) };
  return joinBytes(encoder.encode(`${JSON.stringify(head)}\n`), signedBytes);
}

/** Reads a file without believing it. @returns null when it has not the form of one */
export function parseScanFile(bytes: Bytes): ScanFile | null {
  const end = bytes.indexOf(0x0a);
  if (end === -1) return null;
  const head = v.safeParse(HeadSchema, parseJson(bytes.subarray(0, end)));
  if (!head.success) return null;
  const signedBytes = bytes.slice(end + 1);
  const content = v.safeParse(ScanFileContentSchema, parseJson(signedBytes));
  if (!content.success) return null;
  return { content: content.output, signedBytes, signature: head.output.signature };
}

/** Whether the tablet with this public key made the file, and nobody has changed it since. */
export function isScanFileOf({ signedBytes, signature }: ScanFile, publicKey: Bytes): Promise<boolean> {
  return verifySignature(publicKey, joinBytes(PURPOSE, signedBytes), signature);
}

function parseJson(bytes: Bytes): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}
