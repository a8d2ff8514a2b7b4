import { addMillis, DAY, type Millis } from '../domain/time.ts';

/** How long after an event its registrations are kept. Registrants were promised this. */
const KEPT_FOR = 28 * DAY;

/** The day by whose end an event's registrations are deleted. */
export function deletionDay({ endsAt }: { endsAt: Millis }): Millis {
  return addMillis(endsAt, KEPT_FOR);
}
