import { DAY, type Millis } from '$lib/domain/time';
import { deletionDay, FEEDBACK_KEPT_FOR, KEPT_FOR } from '$lib/server/retention';

/** How long what is kept. */
export interface Retention {
  /** The day by whose end an event's registrations are deleted; null on pages of no event. */
  deletedOn: Millis | null;
  /** The same in days after the end of any event. */
  registrationDays: number;
  feedbackDays: number;
}

export function retentionOf(event: { endsAt: Millis } | null): Retention {
  return {
    deletedOn: event && deletionDay(event),
    registrationDays: KEPT_FOR / DAY,
    feedbackDays: FEEDBACK_KEPT_FOR / DAY,
  };
}
