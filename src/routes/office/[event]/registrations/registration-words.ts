import type { Affiliation } from '$lib/domain/access-needs';
import type { ListedState } from '$lib/domain/registration-list';
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
