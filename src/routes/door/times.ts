import { getLocale, intlTag } from '$lib/i18n';
import { HOUR, MINUTE } from '$lib/domain/time';

function format(moment: number, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(intlTag(getLocale()), { ...options, timeZone: 'Europe/Berlin' }).format(
    moment,
  );
}

export function clockTime(moment: number): string {
  return format(moment, { hour: '2-digit', minute: '2-digit' });
}

export function day(moment: number): string {
  return format(moment, { day: 'numeric', month: 'long' });
}

export function dayAndTime(moment: number): string {
  return format(moment, {
    weekday: 'short',
    day: 'numeric',
    month: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
}

/** How long ago, such as `vor 12 Min.`; null for less than a minute. @param duration - in milliseconds */
export function timeAgo(duration: number): string | null {
  if (duration < MINUTE) return null;
  const ago = new Intl.RelativeTimeFormat(intlTag(getLocale()), { numeric: 'always', style: 'short' });
  return duration < HOUR
    ? ago.format(-Math.floor(duration / MINUTE), 'minute')
    : ago.format(-Math.floor(duration / HOUR), 'hour');
}

/** How long ago, `this minute` included. @param duration - in milliseconds */
export function ageInWords(duration: number): string {
  const thisMinute = new Intl.RelativeTimeFormat(intlTag(getLocale()), { numeric: 'auto' });
  return timeAgo(duration) ?? thisMinute.format(0, 'minute');
}
