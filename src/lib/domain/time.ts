import * as v from 'valibot';

/** A moment: milliseconds since 1970-01-01 UTC. Zones belong to the edges. */
export const MillisSchema = v.pipe(v.number(), v.safeInteger(), v.brand('Millis'));
export type Millis = v.InferOutput<typeof MillisSchema>;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** States that a number is a moment in milliseconds since 1970. */
export function millis(value: number): Millis {
  return value as Millis;
}

/** A moment some milliseconds later (or earlier, when negative). */
export function addMillis(moment: Millis, duration: number): Millis {
  return (moment + duration) as Millis;
}

/** Tells the time; handed in wherever time matters, so that tests can hold it still. */
export type Clock = () => Millis;
