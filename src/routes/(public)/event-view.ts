import { localizedText, type Localized } from '$lib/domain/setting';
import { baseLocale, getLocale, type Locale } from '$lib/i18n';
import type { EventPage, WorkgroupPlaces } from '$lib/server/events';

/** An event in the reader's language. */
export type EventView = ReturnType<typeof viewEvent>;

export function viewEvent({ slug, texts, startsAt, endsAt, registrationUntil, held, keptDays }: EventPage) {
  const { organiser, contact } = texts;
  return {
    slug,
    organiser,
    startsAt,
    endsAt,
    registrationUntil,
    held,
    keptDays,
    /** The language of the title; of each other text its own: not all are translated into all languages. */
    language: languageOf(texts.title),
    title: read(texts.title),
    introduction: read(texts.introduction),
    introductionLanguage: languageOf(texts.introduction),
    venue: read(texts.venue),
    venueLanguage: languageOf(texts.venue),
    contact: { ...contact, role: read(contact.role) },
    programme: texts.programme.map(({ time, title, detail }) => ({
      time,
      title: read(title),
      language: languageOf(title),
      detail: detail && { text: read(detail), language: languageOf(detail) },
    })),
  };
}

/** A workgroup with the places that are still free. */
export type WorkgroupView = ReturnType<typeof viewWorkgroup>;

export function viewWorkgroup({ id, number, title, places, taken }: WorkgroupPlaces) {
  // The office may register more people than there are places.
  return { id, number, language: languageOf(title), title: read(title), free: Math.max(0, places - taken) };
}

export const read = (text: Localized): string => localizedText(text, getLocale());

export const languageOf = (text: Localized): Locale => (text[getLocale()] ? getLocale() : baseLocale);
