import type { Locale } from './index.ts';
import { intlTag } from './intl.ts';

/** Events happen in Germany, wherever the reader or the server is. */
const ZONE = 'Europe/Berlin';

/** A day with its weekday: `Freitag, 18. November 2022`. @param moment - milliseconds since 1970 */
export function formatDay(moment: number, locale: Locale): string {
  const day = new Intl.DateTimeFormat(intlTag(locale), { dateStyle: 'full', timeZone: ZONE }).format(moment);
  // A line never ends between the day's number and its month.
  return day.replace(/(\d\.?) (?=\p{L})/u, '$1\u00a0');
}

/** A time of day: `16:00`. @param moment - milliseconds since 1970 */
export function formatTime(moment: number, locale: Locale): string {
  return new Intl.DateTimeFormat(intlTag(locale), { timeStyle: 'short', timeZone: ZONE }).format(moment);
}

/** A day and a time in few characters: `18.11.22, 16:00`. @param moment - milliseconds since 1970 */
export function formatMoment(moment: number, locale: Locale): string {
  const options = { dateStyle: 'short', timeStyle: 'short', timeZone: ZONE } as const;
  return new Intl.DateTimeFormat(intlTag(locale), options).format(moment);
}
