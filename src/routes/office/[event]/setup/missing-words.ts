import { m } from '$lib/i18n';
import type { Missing } from '$lib/server/event-readiness';

/** What is still missing, in words that lead to where it is mended. */
export const MISSING_WORDS: Record<Missing, () => string> = {
  title: m.event_setup_missing_title,
  venue: m.event_setup_missing_venue,
  organiser: m.event_setup_missing_organiser,
  contact: m.event_setup_missing_contact,
  workgroup: m.event_setup_missing_workgroup,
  places: m.event_setup_missing_places,
  deadline: m.event_setup_missing_deadline,
  end: m.event_setup_missing_end,
  entry: m.event_setup_missing_entry,
};
