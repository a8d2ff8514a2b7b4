import { addMillis, DAY, type Millis } from '../domain/time.ts';

/** How long after an event its registrations are kept, in milliseconds. Registrants were promised this. */
export const KEPT_FOR = 28 * DAY;

/** The day by whose end an event's registrations are deleted. */
export function deletionDay({ endsAt }: { endsAt: Millis }): Millis {
  return addMillis(endsAt, KEPT_FOR);
}

/** How long feedback about barriers is kept at the most, in milliseconds. Those who give it were promised this. */
export const FEEDBACK_KEPT_FOR = 180 * DAY;
