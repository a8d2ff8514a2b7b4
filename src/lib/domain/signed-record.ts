import * as v from 'valibot';
import { base64urlToBytes, bytesToBase64url, joinBytes, type Bytes } from './bytes.ts';
import { DeviceIdSchema, type DeviceId, type EventId, type RegistrationId, type ScanId } from './ids.ts';
import { ScanSchema, type Scan } from './scan.ts';
import { SignatureSchema, signBytes, verifySignature, type PrivateKey } from './signing.ts';
import { WalkInSchema, type WalkIn } from './wire.ts';

/** A scan with its device's signature, by which whoever carries it can neither invent nor alter it. */
export const SignedScanSchema = v.object({ scan: ScanSchema, signature: SignatureSchema });
export type SignedScan = v.InferOutput<typeof SignedScanSchema>;

/** A walk-in with the signature of the device that registered it. */
export const SignedWalkInSchema = v.object({
  walkIn: WalkInSchema,
  deviceId: DeviceIdSchema,
  signature: SignatureSchema,
});
export type SignedWalkIn = v.InferOutput<typeof SignedWalkInSchema>;

/** What one tablet hands to another. */
export const SignedRecordSchema = v.union([SignedScanSchema, SignedWalkInSchema]);
export type SignedRecord = v.InferOutput<typeof SignedRecordSchema>;

/** What a signature is over, or will be. */
export type UnsignedRecord = Omit<SignedScan, 'signature'> | Omit<SignedWalkIn, 'signature'>;

/** Say what is signed, so that a signature made for one purpose proves nothing for another. */
const SCAN_PURPOSE = 'einlass-scan';
const WALK_IN_PURPOSE = 'einlass-walk-in';
const VERSION = 1;

export function isSignedScan(record: SignedRecord): record is SignedScan {
  return 'scan' in record;
}

export function isScan<Of extends UnsignedRecord>(record: Of): record is Extract<Of, { scan: Scan }> {
  return 'scan' in record;
}

/** The device that made a record, by its own word: the signature proves it. */
export function makerOf(record: UnsignedRecord): DeviceId {
  return isScan(record) ? record.scan.deviceId : record.deviceId;
}

/** By which a record is the same one, whoever brings it. */
export function recordId(record: UnsignedRecord): ScanId | RegistrationId {
  return isScan(record) ? record.scan.id : record.walkIn.registrationId;
}

/**
 * What a scan's signature is over: its purpose, a version byte, and as UTF-8 a JSON array of the event's id and all of
 * the scan's fields in the order of their schema; who and why are arrays of two, or null. The order in which the fields
 * of the object happen to stand makes no difference. A scan with more fields will need another version.
 */
export function scanBytes(eventId: EventId, scan: Scan): Bytes {
  return signedBytes(SCAN_PURPOSE, [
    eventId,
    scan.id,
    scan.deviceId,
    scan.deviceSeq,
    scan.ticketId,
    scan.payloadHash,
    scan.checkpointId,
    scan.direction,
    scan.deviceTime,
    scan.clockOffset,
    scan.rosterCursor,
    scan.verdictShown,
    scan.override && [scan.override.by, scan.override.why],
    scan.byHand && [scan.byHand.by, scan.byHand.why],
    scan.undoes,
  ]);
}

/** What a walk-in's signature is over; as `scanBytes`, with the device that registered it after the event. */
export function walkInBytes(eventId: EventId, deviceId: DeviceId, walkIn: WalkIn): Bytes {
  return signedBytes(WALK_IN_PURPOSE, [
    eventId,
    deviceId,
    walkIn.registrationId,
    walkIn.ticketId,
    walkIn.name,
    walkIn.workgroupId,
    walkIn.ticketText,
    walkIn.deviceTime,
    walkIn.clockOffset,
  ]);
}

/** @param privateKey - of the device that made the scan */
export async function signScan(eventId: EventId, scan: Scan, privateKey: PrivateKey): Promise<SignedScan> {
  return { scan, signature: await sign(privateKey, scanBytes(eventId, scan)) };
}

/** @param privateKey - of that device */
export async function signWalkIn(
  eventId: EventId,
  deviceId: DeviceId,
  walkIn: WalkIn,
  privateKey: PrivateKey,
): Promise<SignedWalkIn> {
  const signature = await sign(privateKey, walkInBytes(eventId, deviceId, walkIn));
  return { walkIn, deviceId, signature };
}

/** Whether two records say the same, whatever their signatures. */
export function saysTheSame(a: UnsignedRecord, b: UnsignedRecord): boolean {
  const [one, other] = [bytesOf('' as EventId, a), bytesOf('' as EventId, b)];
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

/**
 * Whether a record was made for this event, just so, by the device whose key this is.
 *
 * @param publicKey - of the device that `makerOf` names; another's proves nothing
 */
export function isMadeBy(record: SignedRecord, eventId: EventId, publicKey: Bytes): Promise<boolean> {
  return verifySignature(publicKey, bytesOf(eventId, record), base64urlToBytes(record.signature)!);
}

function bytesOf(eventId: EventId, record: UnsignedRecord): Bytes {
  return isScan(record)
    ? scanBytes(eventId, record.scan)
    : walkInBytes(eventId, record.deviceId, record.walkIn);
}

async function sign(privateKey: PrivateKey, bytes: Bytes): Promise<string> {
  return bytesToBase64url(await signBytes(privateKey, bytes));
}

function signedBytes(purpose: string, fields: unknown[]): Bytes {
  const encoder = new TextEncoder();
  // JSON writes a lone surrogate as an escape, so two texts never become the same bytes.
  return joinBytes(encoder.encode(purpose), Uint8Array.of(VERSION), encoder.encode(JSON.stringify(fields)));
}
