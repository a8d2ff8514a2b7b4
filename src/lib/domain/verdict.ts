import * as v from 'valibot';
import type { CheckpointId, DeviceId } from './ids.ts';
import type { Registration } from './registration.ts';
import type { Room, Workgroup } from './setting.ts';
import type { Millis } from './time.ts';

/** Why a holder is turned away, in the order in which reasons are shown where several hold. */
export const REFUSALS = [
  'invalid',
  'other_event',
  'revoked',
  'cancelled',
  'waitlisted',
  'too_early',
  'too_late',
  'wrong_workgroup',
  'already_inside',
  'room_full',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export const VerdictWordSchema = v.picklist(['admitted', 'left', ...REFUSALS]);
export type VerdictWord = v.InferOutput<typeof VerdictWordSchema>;

/** The door's decision with what the staff need to see beside it. */
export type Verdict = {
  /** Null where the roster doesn't hold the ticket (yet). */
  registration: Registration | null;
  /** Where the holder belongs, as far as it is known. */
  workgroup: Workgroup | null;
} & (
  | { word: 'invalid'; unknownNumber?: true }
  | {
      word: Exclude<
        VerdictWord,
        'invalid' | 'other_event' | 'already_inside' | 'room_full' | 'too_early' | 'too_late'
      >;
    }
  | { word: 'other_event'; event: { title: Record<string, string>; startsAt: Millis } | null }
  | { word: 'already_inside'; since: Millis; checkpointId: CheckpointId; deviceId: DeviceId }
  | { word: 'room_full'; room: Room; headcount: number }
  | { word: 'too_early'; from: Millis }
  | { word: 'too_late'; until: Millis }
);

/** Whether the door opened for the holder, in or out. */
export function isFavourable(word: VerdictWord): boolean {
  return word === 'admitted' || word === 'left';
}
