import { OTHER_NEEDS_LENGTH } from '$lib/domain/access-needs';
import { m } from '$lib/i18n';
import { EMAIL_LIMIT, NAME_LIMIT } from '../../person-fields';
import { FIELDS, type Field, type Problem, type Problems } from './registration-form';

const WORDS: Record<Problem, () => string> = {
  name_missing: m.registration_name_missing,
  name_too_long: () => m.registration_name_too_long({ limit: NAME_LIMIT }),
  email_wrong: m.registration_email_wrong,
  email_too_long: () => m.registration_email_too_long({ limit: EMAIL_LIMIT }),
  companion_wrong: m.registration_companion_wrong,
  not_in_list: m.registration_not_in_list,
  workgroup_missing: m.registration_workgroup_missing,
  workgroup_unknown: m.registration_workgroup_unknown,
  second_same: m.registration_second_same,
  other_too_long: () => m.registration_text_too_long({ limit: OTHER_NEEDS_LENGTH }),
  consent_missing: m.registration_consent_missing,
  full_none: m.registration_full_none,
  full_some: m.registration_full_some,
  when_full_missing: m.registration_when_full_missing,
};

/** What is wrong, in the reader's language, by field. */
export type Errors = Partial<Record<Field, string>>;

export function errorsOf(problems: Problems): Errors {
  const errors: Errors = {};
  for (const field of FIELDS) {
    const problem = problems[field];
    if (problem) errors[field] = WORDS[problem]();
  }
  return errors;
}
