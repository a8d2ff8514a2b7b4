import type { TableLanguage } from '$lib/domain/registration-columns';
import { getLocale } from '$lib/i18n';

/** In which language a table of registrations is written: a format has fewer than the pages. */
export function tableLanguage(): TableLanguage {
  return getLocale() === 'en' ? 'en' : 'de';
}
