import { DAY, type Millis } from '$lib/domain/time';
import type { EventPage } from '$lib/server/events';
import { deletionDay, FEEDBACK_KEPT_FOR } from '$lib/server/retention';

/** How long what is kept. */
export interface Retention {
  /** The day by whose end an event's registrations are deleted; null on pages of no event. */
  deletedOn: Millis | null;
  /** The same in days after the end of the event; on pages of no event the longest of any. */
  registrationDays: number;
  feedbackDays: number;
}

/** @param of - an event, or the longest time in days of all events */
export function retentionOf(of: Pick<EventPage, 'endsAt' | 'keptDays'> | number): Retention {
  const isEvent = typeof of !== 'number';
  return {
    deletedOn: isEvent ? deletionDay(of) : null,
    registrationDays: isEvent ? of.keptDays : of,
    feedbackDays: FEEDBACK_KEPT_FOR / DAY,
  };
}
