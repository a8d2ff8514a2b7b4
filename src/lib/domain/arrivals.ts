import * as v from 'valibot';
import { HOUR, millis, MillisSchema, MINUTE, type Millis } from './time.ts';

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** How many came for the first time in each span of time; the first span begins at `from`. */
export const ArrivalsSchema = v.object({
  from: MillisSchema,
  /** The length of a span, in milliseconds. */
  step: whole,
  counts: v.array(whole),
});
export type Arrivals = v.InferOutput<typeof ArrivalsSchema>;

/** Lengths that a clock's face has, in milliseconds. */
const STEPS = [5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 12 * HOUR];
/** The most spans: as many bars as can be told apart on a phone. */
const MOST = 36;
/** How long after the last arrival the empty spans are shown too, in milliseconds. */
const AFTERWARDS = HOUR;

/**
 * Counts arrivals in spans as short as fit.
 *
 * @param times - of the arrivals, in any order
 */
export function arrivalsOf(times: Iterable<Millis>, now: Millis): Arrivals {
  const sorted = [...times].sort((a, b) => a - b);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return { from: now, step: STEPS[0]!, counts: [] };
  // A tablet's clock may be ahead: what has been counted is shown.
  const until = Math.max(last, Math.min(now, last + AFTERWARDS));
  const spansOf = (step: number) => Math.floor(until / step) - Math.floor(first / step) + 1;
  // An event of weeks has longer ones.
  const step = STEPS.find((step) => spansOf(step) <= MOST) ?? Math.ceil((until - first + 1) / (MOST - 1));
  const from = Math.floor(first / step) * step;
  const counts = Array.from({ length: spansOf(step) }, () => 0);
  for (const time of sorted) counts[Math.floor((time - from) / step)]! += 1;
  return { from: millis(from), step, counts };
}
