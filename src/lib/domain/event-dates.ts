import { DAY, type Millis } from './time.ts';

/** When an event is, when people register for it, and when its doors let them in. */
export interface EventDates {
  startsAt: Millis;
  endsAt: Millis;
  /** Null: as soon as the event is published. */
  registrationFrom: Millis | null;
  registrationUntil: Millis;
  admissionFrom: Millis;
  admissionUntil: Millis;
}

export type DatesProblem =
  | 'ends_before_start'
  | 'deadline_after_end'
  | 'opens_after_deadline'
  | 'admission_after_start'
  | 'admission_ends_too_early'
  | 'admission_too_long';

/** A ticket's code has two bytes for the minutes that it is valid. */
const LONGEST_ADMISSION = 45 * DAY;

/** Which dates can't be, each with one reason; none where all are possible. */
export function problemsOfDates(dates: EventDates): Partial<Record<keyof EventDates, DatesProblem>> {
  const { startsAt, endsAt, registrationFrom, registrationUntil, admissionFrom, admissionUntil } = dates;
  return {
    ...(endsAt <= startsAt && { endsAt: 'ends_before_start' }),
    ...(registrationUntil > endsAt && { registrationUntil: 'deadline_after_end' }),
    ...(registrationFrom !== null &&
      registrationFrom >= registrationUntil && { registrationFrom: 'opens_after_deadline' }),
    ...(admissionUntil - admissionFrom > LONGEST_ADMISSION && { admissionFrom: 'admission_too_long' }),
    ...(admissionFrom > startsAt && { admissionFrom: 'admission_after_start' }),
    ...(admissionUntil <= startsAt && { admissionUntil: 'admission_ends_too_early' }),
  };
}
