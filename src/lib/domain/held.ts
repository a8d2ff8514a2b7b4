import * as v from 'valibot';
import { DeviceIdSchema, RegistrationIdSchema } from './ids.ts';

/**
 * What a tablet has of the records that tablets make: for each device up to which of its scans, without a gap, and
 * which walk-ins.
 */
export const HeldSchema = v.object({
  scans: v.record(DeviceIdSchema, v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  walkIns: v.array(RegistrationIdSchema),
});
export type Held = v.InferOutput<typeof HeldSchema>;
