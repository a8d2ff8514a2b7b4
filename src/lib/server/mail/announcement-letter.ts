import * as v from 'valibot';
import { announcementText, paragraphsOf, type AnnouncementText } from '../../domain/announcement.ts';
import type { RegistrationId } from '../../domain/ids.ts';
import { getTextDirection, localizeHref, locales, m, type Locale } from '../../i18n/index.ts';
import { findAnnouncement } from '../announcements.ts';
import type { MailRow } from '../database/schema.ts';
import { findEvent, type EventPage } from '../events.ts';
import type { Installation } from '../installation.ts';
import { findAddress } from '../outbox.ts';
import { readRegistration } from '../registrations.ts';
import { readTicketContent } from '../ticket-content.ts';
import { ticketAddress } from '../tickets.ts';
import {
  contactOf,
  inOwn,
  oneLine,
  passage,
  whenAndWhere,
  type AddressedLetter,
  type Letter,
} from './letter-parts.ts';

/** Who tries an announcement out, and in which language. */
export const TryForSchema = v.object({ name: v.string(), address: v.string(), locale: v.picklist(locales) });
export type TryFor = v.InferOutput<typeof TryForSchema>;

/** What an announcement's mail says to one reader, beside the text. */
interface Reader {
  locale: Locale;
  name: string;
  /** What comes before the text: whom it is about, where that is not the reader. */
  before: string[];
  button: Letter['button'];
  changing: boolean;
}

/**
 * Writes an announcement to whom it goes: as it was sent, with the event as it is now.
 *
 * @returns null when there is nobody to tell it to, because everything about that person has been erased
 */
export async function writeAnnouncement(
  installation: Installation,
  mail: Pick<MailRow, 'event_id' | 'announcement_id' | 'registration_id' | 'try_for'>,
): Promise<AddressedLetter | null> {
  const { db } = installation;
  const announcement = mail.announcement_id
    ? await findAnnouncement(db, mail.event_id, mail.announcement_id)
    : null;
  const event = await findEvent(db, { id: mail.event_id });
  if (!announcement || !event) return null;
  const addressed = mail.try_for
    ? tryReader(installation, event, v.parse(TryForSchema, JSON.parse(mail.try_for)))
    : mail.registration_id && (await registeredReader(installation, mail.registration_id));
  if (!addressed) return null;
  const { reader, address } = addressed;
  return {
    letter: announcementLetter(event, announcementText(announcement.texts, reader.locale), reader),
    to: { name: oneLine(reader.name), address },
    event,
    date: null,
    tickets: [],
  };
}

/** What somebody in the office sees before anything is sent: the letter to an imagined reader. */
export function previewLetter(
  installation: Pick<Installation, 'origin'>,
  event: EventPage,
  text: AnnouncementText,
  reader: TryFor,
): Letter {
  return announcementLetter(event, text, tryReader(installation, event, reader).reader);
}

interface Addressed {
  reader: Reader;
  address: string;
}

async function registeredReader(installation: Installation, id: RegistrationId): Promise<Addressed | null> {
  const { db, clock } = installation;
  const about = await readTicketContent(db, id);
  const address = await findAddress(db, id);
  if (!about || !address || about.registration.state === 'cancelled') return null;
  const { registration, locale, event } = about;
  const host = registration.host_id
    ? await readRegistration(db, registration.event_id, registration.host_id)
    : null;
  const label = registration.state === 'confirmed' ? m.mail_open_ticket : m.mail_open_registration;
  return {
    address,
    reader: {
      locale,
      name: host?.name ?? registration.name,
      before: host ? [m.mail_about({ name: oneLine(registration.name) }, { locale })] : [],
      button: { label: label({}, { locale }), href: ticketAddress(installation, id, locale) },
      changing: clock() < event.startsAt,
    },
  };
}

/** Has nobody's ticket: the button leads to the event's own page. */
function tryReader(
  { origin }: Pick<Installation, 'origin'>,
  { slug }: EventPage,
  { name, address, locale }: TryFor,
): Addressed {
  const href = new URL(localizeHref(`/${slug}`, { locale }), origin).href;
  const label = m.mail_open_registration({}, { locale });
  return { address, reader: { locale, name, before: [], button: { label, href }, changing: false } };
}

function announcementLetter(
  event: EventPage,
  { subject, body, language }: AnnouncementText,
  { locale, name, before, button, changing }: Reader,
): Letter {
  const title = passage(event.texts.title, locale);
  return {
    locale,
    direction: getTextDirection(locale),
    subject: oneLine(`${subject}: ${title.text}`),
    title: { text: oneLine(subject), language },
    greeting: m.mail_greeting({ name: oneLine(name) }, { locale }),
    paragraphs: [
      ...before.map((text) => inOwn(text, locale)),
      ...paragraphsOf(body).map((text) => ({ text, language })),
    ],
    event: title,
    facts: whenAndWhere(event, locale),
    tickets: [],
    show: null,
    button,
    changing: changing ? m.mail_change_help({}, { locale }) : null,
    notes: [],
    contact: contactOf(event, locale),
    why: m.mail_why_announcement({}, { locale }),
  };
}
