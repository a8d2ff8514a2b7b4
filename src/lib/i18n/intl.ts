import type { Locale } from './index.ts';

/** The tags by which `Intl` knows our languages, where they are not our own. */
const tags: Record<string, string> = {
  // Days come before months and clocks run to 24: for readers of English, as in Europe.
  en: 'en-GB',
  // No machine knows Leichte Sprache as a language of its own.
  'de-simple': 'de',
  // The digits and the clock of the signs in the house, and of the tickets.
  ar: 'ar-u-hc-h23-nu-latn',
};

/** The tag that `Intl` is given for a language of ours. */
export const intlTag = (locale: Locale): string => tags[locale] ?? locale;

/** A language's name in itself: `Türkçe`. */
export function languageName(locale: Locale): string {
  if ((locale as string) === 'de-simple') return 'Leichte Sprache';
  const name = new Intl.DisplayNames(locale, { type: 'language' }).of(locale) ?? locale;
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
}
