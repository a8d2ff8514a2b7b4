import { m } from '$lib/i18n';
import type { FieldProblem } from './field-problems';

const WORDS: Record<FieldProblem, () => string> = {
  missing: m.event_setup_missing,
  too_long: m.event_setup_too_long,
  number_wrong: () => m.settings_places_wrong({ max: 10_000 }),
  moment_wrong: m.event_setup_moment_wrong,
  in_the_past: m.event_setup_in_the_past,
  slug_wrong: m.event_setup_slug_wrong,
  slug_taken: m.event_setup_slug_taken,
  email_wrong: m.registration_email_wrong,
  email_too_long: m.event_setup_too_long,
  direction_missing: m.event_setup_direction_missing,
  too_many: m.event_setup_too_many,
  ends_before_start: m.event_setup_ends_before_start,
  deadline_after_end: m.event_setup_deadline_after_end,
  opens_after_deadline: m.event_setup_opens_after_deadline,
  admission_after_start: m.event_setup_admission_after_start,
  admission_ends_too_early: m.event_setup_admission_ends_too_early,
  admission_too_long: m.event_setup_admission_too_long,
  scanned: m.event_setup_scanned,
  scans_waiting: m.event_setup_scans_waiting,
  last_door: m.event_setup_last_door,
  main_room: m.event_setup_main_room_stays,
  met_in: m.event_setup_met_in,
  registrations: m.event_setup_has_registrations,
};

/** What is wrong with a field, in a sentence that says what to do. */
export const wordsFor = (problem: FieldProblem): string => WORDS[problem]();
