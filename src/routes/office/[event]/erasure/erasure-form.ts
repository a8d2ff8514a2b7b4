import * as v from 'valibot';
import { KEPT_DAYS_LIMITS } from '../../../../lib/domain/retention.ts';

const { min, max } = KEPT_DAYS_LIMITS;
const DaysSchema = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^\d{1,3}$/),
  v.transform(Number),
  v.minValue(min),
  v.maxValue(max),
);

/** Reads the field `days` out of whatever was sent; null where that is no number of days that may be chosen. */
export function readDays(data: FormData): { typed: string; days: number | null } {
  const sent = data.get('days');
  const typed = typeof sent === 'string' ? sent.slice(0, 20) : '';
  const parsed = v.safeParse(DaysSchema, typed);
  return { typed, days: parsed.success ? parsed.output : null };
}

/** Whether the word that was to be typed is there. */
export function isConfirmed(data: FormData, word: string): boolean {
  const sent = data.get('confirm');
  return typeof sent === 'string' && sent.trim().toLowerCase() === word;
}
