import * as v from 'valibot';
import { ANOMALY_REASONS } from './anomaly.ts';
import { ArrivalsSchema } from './arrivals.ts';
import { CheckpointIdSchema, DeviceIdSchema, RoomIdSchema, WorkgroupIdSchema } from './ids.ts';
import { may, type Standing } from './office-rights.ts';
import { DirectionSchema, LocalizedSchema } from './setting.ts';
import { MINUTE, MillisSchema } from './time.ts';

/** How far back a room's trend looks, in milliseconds. */
export const TREND = 10 * MINUTE;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const LiveRoomSchema = v.object({
  id: RoomIdSchema,
  name: LocalizedSchema,
  main: v.boolean(),
  headcount: v.pipe(v.number(), v.safeInteger()),
  /** Of these, how many have come into the room within `TREND`. */
  lately: count,
  capacity: count,
  /** The workgroups that meet here. */
  workgroups: v.array(
    v.object({
      id: WorkgroupIdSchema,
      number: count,
      title: LocalizedSchema,
      places: count,
      registered: count,
    }),
  ),
});
export type LiveRoom = v.InferOutput<typeof LiveRoomSchema>;

const LiveDeviceSchema = v.object({
  id: DeviceIdSchema,
  name: v.string(),
  pairedAt: MillisSchema,
  revokedAt: v.nullable(MillisSchema),
  lastContactAt: v.nullable(MillisSchema),
  /** Scans and walk-ins that it had not handed in when it was last heard. */
  waiting: count,
  /** What must be added to its clock to get the server's, in milliseconds. */
  clockOffset: v.number(),
  /** 0 to 1, or null where the browser doesn't tell. */
  battery: v.nullable(v.number()),
  /** The build of the app that it runs; empty before it has said. */
  version: v.string(),
  /** Since when the office wants it locked and it isn't known to be; null where nothing is wanted of it. */
  lockAskedAt: v.nullable(MillisSchema),
  /** When it was first told so. */
  lockToldAt: v.nullable(MillisSchema),
  /** Since when it is known to wait for its PIN; null while it is open. */
  lockedSince: v.nullable(MillisSchema),
});
export type LiveDevice = v.InferOutput<typeof LiveDeviceSchema>;

const LiveConflictSchema = v.object({
  /** The same while the conflict lasts. */
  id: v.string(),
  /** Null where the roster doesn't know whose ticket it is. */
  name: v.nullable(v.string()),
  reasons: v.array(v.picklist(['double_entry', 'cancelled', 'waitlisted', 'revoked'])),
  /** The scans concerned, the earliest first. */
  scans: v.array(
    v.object({
      time: MillisSchema,
      direction: DirectionSchema,
      checkpointId: CheckpointIdSchema,
      checkpoint: v.nullable(LocalizedSchema),
      device: v.nullable(v.string()),
      /** The tablet that brought it, where another made it; empty where the event has it no more. */
      broughtBy: v.optional(v.nullable(v.string()), null),
    }),
  ),
});
export type LiveConflict = v.InferOutput<typeof LiveConflictSchema>;

/** What the office sees of a running event: enough for the page, made anew with every change. */
export const LiveViewSchema = v.object({
  /** When it was made, by the server's clock. */
  at: MillisSchema,
  /** The build of the app that the server runs. */
  build: v.string(),
  /** Everybody inside, each once. */
  total: v.pipe(v.number(), v.safeInteger()),
  /** When people came. */
  arrivals: ArrivalsSchema,
  /** Everybody with a place. */
  registered: count,
  rooms: v.array(LiveRoomSchema),
  devices: v.array(LiveDeviceSchema),
  /** The newest first, and not more than a page can hold. */
  conflicts: v.array(LiveConflictSchema),
  conflictCount: count,
  /** Records that tablets handed in and that can't be right. */
  anomalyCount: count,
  /** Of these, how many for which reason, and which tablet handed them in. */
  anomalies: v.optional(
    v.array(v.object({ reason: v.picklist(ANOMALY_REASONS), device: v.nullable(v.string()), count })),
    [],
  ),
});
export type LiveView = v.InferOutput<typeof LiveViewSchema>;

/** As somebody may see it: without the people in it, where only the headcount is theirs to see. */
export function seenBy(standing: Standing, view: LiveView): LiveView {
  return may(standing, 'see_people') ? view : { ...view, conflicts: [] };
}

/** How full a room is: `near_full` from nine tenths of its capacity on. */
export type Fullness = 'free' | 'near_full' | 'full' | 'over';

export function fullnessOf({ headcount, capacity }: Pick<LiveRoom, 'headcount' | 'capacity'>): Fullness {
  if (headcount > capacity) return 'over';
  if (headcount === capacity) return 'full';
  return headcount * 10 >= capacity * 9 ? 'near_full' : 'free';
}

/** A tablet's clock that is off by more than this, in milliseconds, is worth setting. */
export const CLOCK_TOLERANCE = MINUTE;
/** A tablet that has not been heard for this long, in milliseconds, is probably without network. */
export const SILENCE = 2 * MINUTE;

/** What is to be said of a tablet, the gravest first; nothing when all is well. */
export type DeviceNotice = 'revoked' | 'silent' | 'waiting' | 'clock_off';

export function deviceNotices(device: LiveDevice, now: number): DeviceNotice[] {
  const notices: DeviceNotice[] = [];
  if (device.revokedAt !== null) notices.push('revoked');
  else if (device.lastContactAt === null || now - device.lastContactAt > SILENCE) notices.push('silent');
  if (device.waiting > 0) notices.push('waiting');
  if (Math.abs(device.clockOffset) > CLOCK_TOLERANCE) notices.push('clock_off');
  return notices;
}

/** A tablet that was told to lock, has been heard for this long since, in milliseconds, and is still open, can't. */
export const LOCK_PATIENCE = MINUTE;

/**
 * How a tablet stands to its PIN and to the office's wish that it be locked: `no_pin` has not synced yet and so has
 * nothing to lock, `asked` is not known to have heard of it or to have done it, `ignored` is too old an app to know what
 * locking is, `locked` stays so until somebody brings the PIN.
 */
export type DeviceLock = 'no_pin' | 'open' | 'asked' | 'ignored' | 'locked';

export function deviceLock(device: LiveDevice): DeviceLock {
  const { version, lockAskedAt, lockToldAt, lockedSince, lastContactAt } = device;
  // The first sync, which says it, comes after the PIN.
  if (version === '') return 'no_pin';
  // A request at a locked tablet is kept until the tablet is heard: until then it may have been opened.
  if (lockAskedAt === null) return lockedSince === null ? 'open' : 'locked';
  if (lockToldAt === null || lastContactAt === null) return 'asked';
  return lastContactAt - lockToldAt > LOCK_PATIENCE ? 'ignored' : 'asked';
}
