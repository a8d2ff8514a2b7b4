import { getLocale, intlTag } from '$lib/i18n';
import { HOUR, MINUTE } from '$lib/domain/time';

/** `16:05`, at the event's place. */
export function clockTime(moment: number): string {
  return new Intl.DateTimeFormat(intlTag(getLocale()), {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'Europe/Berlin',
  }).format(moment);
}

/** How long ago, such as `12 minutes ago`. @param age - in milliseconds */
export function ageInWords(age: number): string {
  const format = new Intl.RelativeTimeFormat(intlTag(getLocale()), { numeric: 'auto' });
  const past = Math.max(0, age);
  if (past < HOUR) return format.format(-Math.floor(past / MINUTE), 'minute');
  return format.format(-Math.floor(past / HOUR), 'hour');
}
