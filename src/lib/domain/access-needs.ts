import * as v from 'valibot';

/** The languages that interpreting may be asked for, by tag: those of the pages, and others spoken in the city. */
export const INTERPRETING_LANGUAGES = [
  'ar',
  'bg',
  'el',
  'en',
  'es',
  'fa',
  'fr',
  'it',
  'ku',
  'pl',
  'pt',
  'ro',
  'ru',
  'sq',
  'syr',
  'tr',
  'uk',
] as const;

/** The most characters of a need in a person's own words. */
export const OTHER_NEEDS_LENGTH = 300;

/** What somebody needs to take part; the door and the organiser act on it. */
export const AccessNeedsSchema = v.object({
  /** A place that can be reached and used with a wheelchair. */
  wheelchair: v.optional(v.boolean(), false),
  /** Interpreting into German Sign Language. */
  signLanguage: v.optional(v.boolean(), false),
  /** Interpreting into this spoken language. */
  interpreting: v.optional(v.nullable(v.picklist(INTERPRETING_LANGUAGES)), null),
  /** Anything else, in the person's own words. */
  other: v.optional(v.string(), ''),
});
export type AccessNeeds = v.InferOutput<typeof AccessNeedsSchema>;

export const NO_NEEDS: AccessNeeds = {
  wheelchair: false,
  signLanguage: false,
  interpreting: null,
  other: '',
};

/** Whom people speak for, from the announcement's list. */
export const AFFILIATIONS = [
  'resident',
  'school',
  'kindergarten',
  'company',
  'welfare_association',
  'migrant_organisation',
  'congregation',
  'politics',
  'administration',
  'volunteer',
  'other',
] as const;
export type Affiliation = (typeof AFFILIATIONS)[number];
