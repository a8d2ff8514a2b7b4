import * as v from 'valibot';
import { DeviceIdSchema } from '../ids.ts';
import { SealedSignalSchema } from './signal.ts';

/**
 * What tablets say to the server, and it to them, so that they link up while it can be reached: signals that it can't
 * read, and who else asks for signals. As the sync's, this is a promise to old tablets.
 */

/** The most signals in one request, or waiting for one tablet. */
export const MOST_SIGNALS = 32;

export const NearbyRequestSchema = v.object({
  signals: v.pipe(
    v.array(v.object({ to: DeviceIdSchema, signal: SealedSignalSchema })),
    v.maxLength(MOST_SIGNALS),
  ),
});
export type NearbyRequest = v.InferOutput<typeof NearbyRequestSchema>;

export const NearbyResponseSchema = v.object({
  signals: v.array(v.object({ from: DeviceIdSchema, signal: SealedSignalSchema })),
  /** The event's other tablets that have asked within the last half minute. */
  present: v.array(DeviceIdSchema),
});
export type NearbyResponse = v.InferOutput<typeof NearbyResponseSchema>;
