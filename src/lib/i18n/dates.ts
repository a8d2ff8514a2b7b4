import type { Locale } from './index.ts';

/** Events happen in Germany, wherever the reader or the server is. */
const ZONE = 'Europe/Berlin';

/** German clocks run to 24, and days come before months: for readers of English, as in Europe. */
const regional = (locale: Locale): string => (locale === 'en' ? 'en-GB' : locale);

/** A day with its weekday: `Freitag, 18. November 2022`. @param moment - milliseconds since 1970 */
export function formatDay(moment: number, locale: Locale): string {
  const day = new Intl.DateTimeFormat(regional(locale), { dateStyle: 'full', timeZone: ZONE }).format(moment);
  // A line never ends between the day's number and its month.
  return day.replace(/(\d\.?) (?=\p{L})/u, '$1\u00a0');
}

/** A time of day: `16:00`. @param moment - milliseconds since 1970 */
export function formatTime(moment: number, locale: Locale): string {
  return new Intl.DateTimeFormat(regional(locale), { timeStyle: 'short', timeZone: ZONE }).format(moment);
}
