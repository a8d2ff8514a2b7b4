import { problemsOfDates, type EventDates } from '../../../../../lib/domain/event-dates.ts';
import { addMillis, MINUTE, type Millis } from '../../../../../lib/domain/time.ts';
import { berlinText } from '../../../../../lib/server/berlin-time.ts';
import { FieldReader, MomentSchema } from '../../../form-reader.ts';
import type { Fields, FormRefusal } from '../../../form-state.ts';

export function typedDates(dates: EventDates): Fields {
  return {
    startsAt: berlinText(dates.startsAt),
    endsAt: berlinText(dates.endsAt),
    registrationFrom: dates.registrationFrom === null ? '' : berlinText(dates.registrationFrom),
    registrationUntil: berlinText(dates.registrationUntil),
    admissionFrom: berlinText(dates.admissionFrom),
    admissionUntil: berlinText(dates.admissionUntil),
  };
}

/** @param stored - what the form showed only to the minute stays as it was to the millisecond */
export function parseDates(
  typed: Fields,
  stored: EventDates,
): { dates: EventDates } | Pick<FormRefusal, 'problems'> {
  const form = new FieldReader(typed);
  const read = (field: keyof EventDates): Millis => {
    const before = stored[field];
    const moment = form.read(field, MomentSchema);
    return before !== null && typed[field] === berlinText(before) ? before : moment;
  };
  const deadline = read('registrationUntil');
  const dates: EventDates = {
    startsAt: read('startsAt'),
    endsAt: read('endsAt'),
    registrationFrom: form.raw('registrationFrom').trim() === '' ? null : read('registrationFrom'),
    // Whoever may register until 23:59 may do so while the clock shows 23:59.
    registrationUntil: deadline === stored.registrationUntil ? deadline : addMillis(deadline, MINUTE - 1),
    admissionFrom: read('admissionFrom'),
    admissionUntil: read('admissionUntil'),
  };
  if (form.failed) return form;
  const problems = problemsOfDates({
    ...dates,
    // To the minute: a deadline at the end is none after it.
    registrationUntil: addMillis(dates.registrationUntil, -(dates.registrationUntil % MINUTE)),
  });
  return Object.keys(problems).length > 0 ? { problems } : { dates };
}
