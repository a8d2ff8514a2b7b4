import * as v from 'valibot';
import { storable } from './text.ts';

/**
 * Branded identifiers: a `TicketId` is not a `DeviceId`, although both are UUIDs.
 * The schema of an id is also the only way to get one from outside.
 */
const uuid = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'not a UUID'));
const slug = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'not a short name'));

/** Eight bytes in hexadecimal: short, because every ticket carries it. */
export const EventIdSchema = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{16}$/, 'not an event id'),
  v.brand('EventId'),
);
export type EventId = v.InferOutput<typeof EventIdSchema>;

export const TicketIdSchema = v.pipe(uuid, v.brand('TicketId'));
export type TicketId = v.InferOutput<typeof TicketIdSchema>;

export const RegistrationIdSchema = v.pipe(uuid, v.brand('RegistrationId'));
export type RegistrationId = v.InferOutput<typeof RegistrationIdSchema>;

export const DeviceIdSchema = v.pipe(uuid, v.brand('DeviceId'));
export type DeviceId = v.InferOutput<typeof DeviceIdSchema>;

export const ScanIdSchema = v.pipe(uuid, v.brand('ScanId'));
export type ScanId = v.InferOutput<typeof ScanIdSchema>;

/** Of the office's word on a conflict. */
export const DecisionIdSchema = v.pipe(uuid, v.brand('DecisionId'));
export type DecisionId = v.InferOutput<typeof DecisionIdSchema>;

/** `hall`, `w1` …: unique within an event. */
export const RoomIdSchema = v.pipe(slug, v.brand('RoomId'));
export type RoomId = v.InferOutput<typeof RoomIdSchema>;

export const WorkgroupIdSchema = v.pipe(slug, v.brand('WorkgroupId'));
export type WorkgroupId = v.InferOutput<typeof WorkgroupIdSchema>;

export const CheckpointIdSchema = v.pipe(slug, v.brand('CheckpointId'));
export type CheckpointId = v.InferOutput<typeof CheckpointIdSchema>;

/** The first four bytes of the SHA-256 of a public key, in hexadecimal. */
export const KeyIdSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/, 'not a key id'), v.brand('KeyId'));
export type KeyId = v.InferOutput<typeof KeyIdSchema>;

/** SHA-256 of a scanned text that is not a ticket, in hexadecimal: tells repeats apart without keeping the text. */
export const PayloadHashSchema = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/, 'not a payload hash'),
  v.brand('PayloadHash'),
);
export type PayloadHash = v.InferOutput<typeof PayloadHashSchema>;

/** How far a tablet has read the server's feed; only the server knows what is inside. */
export const CursorSchema = v.pipe(v.string(), v.maxLength(100), storable, v.brand('Cursor'));
export type Cursor = v.InferOutput<typeof CursorSchema>;

/**
 * Who is counted: a registration where the roster knows whose ticket it is, otherwise the ticket itself,
 * otherwise (let in by the staff with something unreadable) the hash of what was shown.
 */
export type HolderId = RegistrationId | TicketId | PayloadHash;
