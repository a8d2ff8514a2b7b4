import type { Affiliation } from '../domain/access-needs.ts';
import type { ShownCount } from '../domain/small-numbers.ts';
import type { Survey } from '../domain/survey.ts';
import { spokenLanguage } from './access-needs.ts';
import { languageName, m, type Locale } from './index.ts';

/** What registrants said of one thing: those with a number in rows, and the small ones in one sentence. */
export interface SurveyPart {
  title: string;
  rows: { label: string; text: string }[];
  few: string | null;
}

/** A survey in words. */
export interface SurveyWords {
  parts: SurveyPart[];
  /** Why a number is not stated; null where all are. */
  heldBack: string | null;
}

type Counts = readonly { key: string; count: ShownCount }[];

const AFFILIATIONS: Record<Affiliation | 'none', typeof m.registration_affiliation_none> = {
  none: m.registration_affiliation_none,
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

/** Puts what registrants said of themselves in words. */
export function describeSurvey(survey: Survey, locale: Locale): SurveyWords {
  const { wheelchair, signLanguage, interpreting, other } = survey.needs;
  const needs: Counts = [
    { key: m.registration_need_wheelchair({}, { locale }), count: wheelchair },
    { key: m.registration_need_sign_language({}, { locale }), count: signLanguage },
    { key: m.report_interpreting({}, { locale }), count: interpreting },
    { key: m.report_other_needs({}, { locale }), count: other },
  ];
  const affiliation = (key: string) => AFFILIATIONS[key as Affiliation]({}, { locale });
  const language = (key: string) => spokenLanguage(key, locale);
  const formLanguage = (key: string) =>
    key === 'de-simple' ? languageName(key) : spokenLanguage(key, locale);
  const parts = [
    describe(m.registration_affiliation({}, { locale }), survey.affiliations, affiliation, locale),
    describe(m.report_languages({}, { locale }), survey.languages, formLanguage, locale),
    describe(m.registration_needs({}, { locale }), needs, (key) => key, locale),
  ];
  // The languages of interpreting are many; that each is rare, the need itself says.
  if (survey.interpreting.some(({ count }) => count !== 'few')) {
    const part = describe(m.report_interpreting({}, { locale }), survey.interpreting, language, locale);
    parts.push({ ...part, few: null });
  }
  const all = [...survey.affiliations, ...survey.languages, ...survey.interpreting];
  const isHeldBack = all.some(({ count }) => count === 'held_back');
  return { parts, heldBack: isHeldBack ? m.report_held_back_help({}, { locale }) : null };
}

function describe(
  title: string,
  counts: Counts,
  nameOf: (key: string) => string,
  locale: Locale,
): SurveyPart {
  const size = (count: ShownCount) => (typeof count === 'number' ? count : Infinity);
  const large = counts.filter(({ count }) => count !== 'few').sort((a, b) => size(b.count) - size(a.count));
  const few = counts.flatMap(({ key, count }) => (count === 'few' ? nameOf(key) : []));
  const text = (count: ShownCount) =>
    count === 'held_back' ? m.report_held_back({}, { locale }) : String(count);
  return {
    title,
    rows: large.map(({ key, count }) => ({ label: nameOf(key), text: text(count) })),
    few: few.length > 0 ? m.report_few_each({ names: few.join(', ') }, { locale }) : null,
  };
}
