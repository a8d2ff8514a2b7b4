import { localizedText, type Localized } from '../../domain/setting.ts';
import { m, type Locale } from '../../i18n/index.ts';
import { formatDay, formatTime } from '../../i18n/dates.ts';
import type { EventPage } from '../events.ts';
import type { TicketContent } from '../ticket-content.ts';

/** A text that may be in another language than the letter, because nobody has translated it. */
export interface Passage {
  text: string;
  language: string;
}

export interface LetterTicket {
  name: string;
  /** In words; null where the letter is about nobody else, and says it anyhow. */
  state: string | null;
  /** The text of the QR code; null where there is none to show. */
  code: string | null;
  /** The ticket's number with its label; null where there is no code. */
  number: { label: string; value: string } | null;
  /** To the page of a ticket that is not the letter's own; null for that one, which has the button. */
  link: { label: string; href: string } | null;
}

/** What a mail says, before it becomes text and HTML. */
export interface Letter {
  locale: Locale;
  direction: 'ltr' | 'rtl';
  subject: string;
  title: Passage;
  greeting: string;
  /** Each may have lines of its own. */
  paragraphs: Passage[];
  event: Passage;
  facts: { label: string; value: Passage }[];
  tickets: LetterTicket[];
  /** Where the codes are to be shown; null where there are none. */
  show: string | null;
  button: { label: string; href: string };
  /** How to change or cancel, with the page's address behind it; null when that is over. */
  changing: string | null;
  notes: string[];
  contact: { heading: string; organiser: string; name: string; role: Passage; email: string; phone: string };
  why: string;
}

/** A letter with whom it goes to, and what goes with it. */
export interface AddressedLetter {
  letter: Letter;
  to: { name: string; address: string };
  event: EventPage;
  /** Whose date goes with it; null where nothing of that has changed. */
  date: TicketContent | null;
  /** The tickets in it that are good: the person's own first. */
  tickets: TicketContent[];
}

/** What every letter says of the event: when it is, and where. */
export function whenAndWhere(event: EventPage, locale: Locale): Letter['facts'] {
  const day = formatDay(event.startsAt, locale);
  const span = m.public_time_span(
    { from: formatTime(event.startsAt, locale), until: formatTime(event.endsAt, locale) },
    { locale },
  );
  const online = inOwn(m.mail_online({}, { locale }), locale);
  return [
    { label: m.public_when({}, { locale }), value: inOwn(`${day} · ${span}`, locale) },
    {
      label: m.public_where({}, { locale }),
      value: event.held === 'digital' ? online : passage(event.texts.venue, locale),
    },
  ];
}

/** Whom to ask. */
export function contactOf({ texts }: EventPage, locale: Locale): Letter['contact'] {
  const { name, role, email, phone } = texts.contact;
  return {
    heading: m.public_questions({}, { locale }),
    organiser: texts.organiser,
    name,
    role: passage(role, locale),
    email,
    phone,
  };
}

/** A text in the letter's own language. */
export function inOwn(text: string, locale: Locale): Passage {
  return { text, language: locale };
}

export function passage(text: Localized, locale: Locale): Passage {
  return { text: oneLine(localizedText(text, locale)), language: text[locale] ? locale : 'de' };
}

/** One line, whatever somebody has typed: nothing of it may begin a line of its own in a header or a text. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
