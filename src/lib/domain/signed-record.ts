import * as v from 'valibot';
import { DeviceIdSchema } from './ids.ts';
import { ScanSchema } from './scan.ts';
import { WalkInSchema } from './wire.ts';

/** An Ed25519 signature, in base64url. */
export const SignatureSchema = v.pipe(v.string(), v.regex(/^[\w-]{86}$/, 'not a signature'));

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
