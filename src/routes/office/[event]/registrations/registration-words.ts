import type { Affiliation } from '$lib/domain/access-needs';
import type { ListedState } from '$lib/domain/registration-list';
import type { Refusal } from '$lib/domain/verdict';
import { m } from '$lib/i18n';

export const STATES: Record<ListedState, () => string> = {
  confirmed: m.registrations_confirmed,
  waitlisted: m.registrations_waitlisted,
  cancelled: m.registrations_cancelled,
  came: m.registrations_came,
  inside: m.registrations_inside,
};

export const AFFILIATIONS: Record<Affiliation, () => string> = {
  resident: m.registration_affiliation_resident,
  school: m.registration_affiliation_school,
  kindergarten: m.registration_affiliation_kindergarten,
  company: m.registration_affiliation_company,
  welfare_association: m.registration_affiliation_welfare_association,
  migrant_organisation: m.registration_affiliation_migrant_organisation,
  congregation: m.registration_affiliation_congregation,
  politics: m.registration_affiliation_politics,
  administration: m.registration_affiliation_administration,
  volunteer: m.registration_affiliation_volunteer,
  other: m.registration_affiliation_other,
};

/** Why the door did not open. */
export const REFUSAL_WORDS: Record<Refusal, () => string> = {
  invalid: m.registrations_why_invalid,
  other_event: m.registrations_why_other_event,
  revoked: m.registrations_why_revoked,
  cancelled: m.registrations_why_cancelled,
  waitlisted: m.registrations_why_waitlisted,
  too_early: m.registrations_why_too_early,
  too_late: m.registrations_why_too_late,
  wrong_workgroup: m.registrations_why_wrong_workgroup,
  already_inside: m.registrations_why_already_inside,
  room_full: m.registrations_why_room_full,
};
