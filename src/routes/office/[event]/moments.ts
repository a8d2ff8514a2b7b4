import { intlTag, m, type Locale } from '$lib/i18n';
import { DAY, HOUR, MINUTE, SECOND } from '$lib/domain/time';

/** Below a minute in steps, because a number that changes every second only draws the eye. */
const STEP = 15 * SECOND;

const units = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;

/** How long ago, as coarse as it matters: `vor 30 Sekunden`. @param age - in milliseconds */
export function formatAgo(age: number, locale: Locale): string {
  if (age < STEP) return m.office_now();
  const format = new Intl.RelativeTimeFormat(intlTag(locale));
  for (const [unit, length] of units)
    if (age >= length) return format.format(-Math.floor(age / length), unit);
  return format.format(-Math.floor(age / STEP) * (STEP / SECOND), 'second');
}

/** How long, in its largest unit: `2 Minuten`, or `2 Min.` @param span - in milliseconds */
export function formatSpan(span: number, locale: Locale, unitDisplay: 'long' | 'short' = 'long'): string {
  const [unit, length] = units.find(([, length]) => span >= length) ?? (['second', SECOND] as const);
  return new Intl.NumberFormat(intlTag(locale), { style: 'unit', unit, unitDisplay }).format(
    Math.floor(span / length),
  );
}
