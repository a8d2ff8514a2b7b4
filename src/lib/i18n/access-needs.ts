import type { AccessNeeds } from '../domain/access-needs.ts';
import { intlTag, m, type Locale } from './index.ts';

/** Somebody's needs in a few words: `Rollstuhl, Dolmetschen: Türkisch`; nothing where there are none. */
export function describeNeeds(needs: AccessNeeds, locale: Locale): string {
  const { wheelchair, signLanguage, interpreting, other } = needs;
  return [
    wheelchair && m.registration_need_wheelchair({}, { locale }),
    signLanguage && m.registration_need_sign_language({}, { locale }),
    interpreting &&
      m.registration_need_interpreting_into({ language: spokenLanguage(interpreting, locale) }, { locale }),
    other,
  ]
    .filter(Boolean)
    .join(', ');
}

/** A language's name for readers of another: `Türkisch`. */
export function spokenLanguage(tag: string, locale: Locale): string {
  return new Intl.DisplayNames(intlTag(locale), { type: 'language' }).of(tag) ?? tag;
}
