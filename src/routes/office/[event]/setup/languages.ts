import type { EventId } from '$lib/domain/ids';
import { baseLocale, locales, type Locale } from '$lib/i18n';
import type { Database } from '$lib/server/database/open';
import { countMissing, listTranslatable } from '$lib/server/event-translations';

/** The languages that an event's texts are translated into, and how many are missing in each. */
export async function languagesOf(
  db: Database,
  eventId: EventId,
): Promise<{ locale: Locale; missing: number }[]> {
  const texts = await listTranslatable(db, eventId);
  return locales
    .filter((locale) => locale !== baseLocale)
    .map((locale) => ({ locale, missing: countMissing(texts, locale) }));
}
