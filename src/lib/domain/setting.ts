import * as v from 'valibot';
import { base64urlToBytes } from './bytes.ts';
import {
  CheckpointIdSchema,
  DeviceIdSchema,
  EventIdSchema,
  KeyIdSchema,
  RoomIdSchema,
  WorkgroupIdSchema,
  type CheckpointId,
  type RoomId,
  type WorkgroupId,
} from './ids.ts';
import { SignatureSchema } from './signing.ts';
import type { TicketKey } from './ticket.ts';
import { MillisSchema } from './time.ts';

/** A text in the event's languages, by language tag; German is always there. */
export const LocalizedSchema = v.objectWithRest({ de: v.string() }, v.string());
export type Localized = v.InferOutput<typeof LocalizedSchema>;

/** The text in the wanted language, or in German where nobody has translated it. */
export function localizedText(text: Localized, language: string): string {
  return text[language] || text.de;
}

export const DirectionSchema = v.picklist(['entry', 'exit']);
export type Direction = v.InferOutput<typeof DirectionSchema>;

export const RoomSchema = v.object({
  id: RoomIdSchema,
  name: LocalizedSchema,
  /** The fire-safety limit, in persons. */
  capacity: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** The hall: leaving it leaves the venue, leaving any other room returns to it. Exactly one room is. */
  main: v.boolean(),
});
export type Room = v.InferOutput<typeof RoomSchema>;

export const WorkgroupSchema = v.object({
  id: WorkgroupIdSchema,
  /** What a ticket carries instead of the id: 1 to 255. */
  number: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(255)),
  title: LocalizedSchema,
  roomId: RoomIdSchema,
});
export type Workgroup = v.InferOutput<typeof WorkgroupSchema>;

export const CheckpointSchema = v.object({
  id: CheckpointIdSchema,
  name: LocalizedSchema,
  roomId: RoomIdSchema,
  directions: v.array(DirectionSchema),
  /** Whom the door lets in: every confirmed registration, or only its room's workgroups. */
  admits: v.picklist(['anyone', 'own_workgroup']),
  /** Whether a holder who has been in this room may enter (again): after an exit, once only, or at any time. */
  reentry: v.picklist(['after_exit', 'never', 'always']),
});
export type Checkpoint = v.InferOutput<typeof CheckpointSchema>;

const PublicKeySchema = v.pipe(
  v.string(),
  v.transform(base64urlToBytes),
  v.check((bytes) => bytes?.length === 32, 'not a public key'),
  v.transform((bytes) => bytes!),
);

const TicketKeySchema = v.object({
  keyId: KeyIdSchema,
  eventId: EventIdSchema,
  publicKey: PublicKeySchema,
  revoked: v.boolean(),
});

/** What every tablet of an event must know besides the registrations. */
export const EventSettingSchema = v.object({
  eventId: EventIdSchema,
  title: LocalizedSchema,
  startsAt: MillisSchema,
  endsAt: MillisSchema,
  /** When the doors let in the first and the last; tickets are too early or too late outside. */
  admissionFrom: MillisSchema,
  admissionUntil: MillisSchema,
  rooms: v.array(RoomSchema),
  workgroups: v.array(WorkgroupSchema),
  checkpoints: v.array(CheckpointSchema),
  devices: v.array(
    v.object({
      id: DeviceIdSchema,
      name: v.string(),
      /** Proves what is said to come from it; missing for those that no one holds, and from servers of before. */
      publicKey: v.optional(PublicKeySchema),
      /** See `CertifiedDevice`; missing from servers of before. */
      certificate: v.optional(SignatureSchema),
      /** Null while it is in use. */
      revokedAt: v.optional(v.nullable(MillisSchema), null),
    }),
  ),
  /** Of this event, of its devices (walk-ins' tickets), and of the installation's other events. */
  keys: v.array(TicketKeySchema),
  /** So that a door can name the day that another event's ticket is for. */
  otherEvents: v.array(v.object({ eventId: EventIdSchema, title: LocalizedSchema, startsAt: MillisSchema })),
});
/** The setting as it travels: public keys are base64url text. */
export type EventSettingWire = v.InferInput<typeof EventSettingSchema>;
export type EventSetting = v.InferOutput<typeof EventSettingSchema>;

/** The event's setting with its parts at hand by id. */
export interface Venue {
  setting: EventSetting;
  rooms: ReadonlyMap<RoomId, Room>;
  checkpoints: ReadonlyMap<CheckpointId, Checkpoint>;
  workgroups: ReadonlyMap<WorkgroupId, Workgroup>;
  /** Null in an event that has no main room (yet). */
  mainRoomId: RoomId | null;
  keys: readonly TicketKey[];
}

export function venueOf(setting: EventSetting): Venue {
  return {
    setting,
    rooms: new Map(setting.rooms.map((room) => [room.id, room])),
    checkpoints: new Map(setting.checkpoints.map((checkpoint) => [checkpoint.id, checkpoint])),
    workgroups: new Map(setting.workgroups.map((workgroup) => [workgroup.id, workgroup])),
    mainRoomId: setting.rooms.find((room) => room.main)?.id ?? null,
    keys: setting.keys,
  };
}

export function workgroupByNumber(venue: Venue, number: number): Workgroup | null {
  return venue.setting.workgroups.find((workgroup) => workgroup.number === number) ?? null;
}
