import { AFFILIATIONS, INTERPRETING_LANGUAGES, type AccessNeeds, type Affiliation } from './access-needs.ts';
import { foldWord, type TableLanguage } from './registration-columns.ts';
import type { RegistrationState } from './registration.ts';

/** What stands in the cells of a table of registrations, in German and in English. */

type Words<Value extends string> = Record<Value, Record<TableLanguage, readonly [string, ...string[]]>>;

const STATES: Words<RegistrationState> = {
  confirmed: {
    de: ['Mit Platz', 'Bestätigt', 'Zugesagt', 'Angemeldet'],
    en: ['Confirmed', 'Registered'],
  },
  waitlisted: { de: ['Warteliste', 'Auf der Warteliste', 'Wartet'], en: ['Waiting list', 'Waitlisted'] },
  cancelled: { de: ['Abgesagt', 'Storniert'], en: ['Cancelled', 'Canceled'] },
};

const ANSWERS: Words<'yes' | 'no'> = {
  yes: { de: ['ja', 'j', 'x', 'wahr', '1'], en: ['yes', 'y', 'true'] },
  no: { de: ['nein', 'n', 'falsch', '0'], en: ['no', 'false'] },
};

const WHOM: Words<Affiliation> = {
  resident: { de: ['Interessierte aus der Stadt'], en: ['Resident'] },
  school: { de: ['Schule'], en: ['School'] },
  kindergarten: { de: ['Kita', 'Kindergarten'], en: ['Kindergarten'] },
  company: { de: ['Unternehmen', 'Firma'], en: ['Company'] },
  welfare_association: { de: ['Wohlfahrtsverband'], en: ['Welfare association'] },
  migrant_organisation: { de: ['Migrantenselbstorganisation', 'MSO'], en: ['Migrant organisation'] },
  congregation: {
    de: ['Kirchen- oder Moscheegemeinde', 'Kirchengemeinde', 'Moscheegemeinde'],
    en: ['Congregation'],
  },
  politics: { de: ['Politik'], en: ['Politics'] },
  administration: { de: ['Verwaltung'], en: ['Administration'] },
  volunteer: { de: ['Ehrenamt'], en: ['Volunteer'] },
  other: { de: ['etwas anderes', 'Sonstiges', 'Andere'], en: ['Other', 'Something else'] },
};

const ORIGINS: Words<'form' | 'office' | 'walk_in'> = {
  form: { de: ['Formular'], en: ['Form'] },
  office: { de: ['Büro'], en: ['Office'] },
  walk_in: { de: ['Einlass'], en: ['Door'] },
};

const PRESENCES: Words<'came' | 'inside'> = {
  came: { de: ['War da'], en: ['Came'] },
  inside: { de: ['Im Haus'], en: ['Inside'] },
};

/** Values by the words for them, folded. The value's own name is understood as well. */
function reader<Value extends string>(words: Words<Value>): (cell: string) => Value | null {
  const values = new Map<string, Value>();
  for (const [value, { de, en }] of Object.entries(words) as [Value, Words<Value>[Value]][])
    for (const word of [value, ...de, ...en]) values.set(foldWord(word), value);
  return (cell) => values.get(foldWord(cell)) ?? null;
}

const writer =
  <Value extends string>(words: Words<Value>) =>
  (value: Value | null, language: TableLanguage): string =>
    value === null ? '' : words[value][language][0];

export const readState = reader(STATES);
export const readAnswer = reader(ANSWERS);
export const readAffiliation = reader(WHOM);

export const writeState = writer(STATES);
export const writeAnswer = writer(ANSWERS);
export const writeAffiliation = writer(WHOM);
export const writeOrigin = writer(ORIGINS);
export const writePresence = writer(PRESENCES);

/** Affiliations as a table names them, for the list of what is understood. */
export const affiliationWords = (language: TableLanguage): string[] =>
  AFFILIATIONS.map((affiliation) => writeAffiliation(affiliation, language));

/** A language's name for people who read German or English: `Türkisch`. */
export function writeSpoken(tag: string, language: TableLanguage): string {
  return new Intl.DisplayNames(language, { type: 'language' }).of(tag) ?? tag;
}

/** Reads one of some languages by its tag, or by its name in German, in English or in itself. */
export function languageReader<Tag extends string>(tags: readonly Tag[]): (cell: string) => Tag | null {
  const byName = new Map<string, Tag>();
  for (const tag of tags) {
    byName.set(foldWord(tag), tag);
    for (const reader of ['de', 'en', tag]) {
      const name = new Intl.DisplayNames(reader, { type: 'language' }).of(tag);
      if (name) byName.set(foldWord(name), tag);
    }
  }
  return (cell) => byName.get(foldWord(cell)) ?? null;
}

export const readInterpreting: (cell: string) => NonNullable<AccessNeeds['interpreting']> | null =
  languageReader(INTERPRETING_LANGUAGES);
