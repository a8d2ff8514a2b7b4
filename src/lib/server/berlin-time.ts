import { HOUR, MINUTE, millis, type Millis } from '../domain/time.ts';

const berlin = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Berlin',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
});

/** The moment when clocks in Germany show this; in the hour that is skipped in March, the hour after. */
export function berlinTime(year: number, month: number, day: number, hour = 0, minute = 0): Millis {
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  // Germany is one or two hours ahead of UTC: try both, believe the one whose clock shows what was asked.
  for (const offset of [2 * HOUR, HOUR]) {
    if (clockOf(millis(wanted - offset)) === wanted) return millis(wanted - offset);
  }
  return millis(wanted - HOUR);
}

/** What clocks in Germany show at a moment, written as if it were UTC. */
function clockOf(moment: Millis): number {
  const { year, month, day, hour, minute } = berlinDate(moment);
  return Date.UTC(year, month - 1, day, hour, minute);
}

/** A moment's date and time in Germany. */
export function berlinDate(moment: Millis): {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
} {
  const parts = berlin.formatToParts(Math.floor(moment / MINUTE) * MINUTE);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((found) => found.type === type)?.value);
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
  };
}

/** A moment as tables have it, and as spreadsheets of every country understand it: `2022-11-18 16:00`. */
export function berlinStamp(moment: Millis): string {
  return berlinText(moment).replace('T', ' ');
}

/** A moment as forms write it, to the minute: `2027-03-05T16:00`, as clocks in Germany show it. */
export function berlinText(moment: Millis): string {
  return new Date(clockOf(moment)).toISOString().slice(0, 16);
}

/** The moment that a form means. @returns null for what is none, such as 31 June or an hour that the clocks skip */
export function readBerlinText(text: string): Millis | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)$/.exec(text)?.slice(1).map(Number);
  if (!parts) return null;
  const [year, month, day, hour, minute] = parts as [number, number, number, number, number];
  const moment = berlinTime(year, month, day, hour, minute);
  return berlinText(moment) === text ? moment : null;
}
