import type { RegistrationId } from '../../domain/ids.ts';
import type { RegistrationState } from '../../domain/registration.ts';
import { getTextDirection, m, type Locale } from '../../i18n/index.ts';
import type { EventRow } from '../database/schema.ts';
import type { MailKind } from '../database/tables/registrant-tables.ts';
import type { Installation } from '../installation.ts';
import { findAddress } from '../outbox.ts';
import { listCompanions, readRegistration } from '../registrations.ts';
import { readTicketContent, type TicketContent } from '../ticket-content.ts';
import { ticketAddress } from '../tickets.ts';
import {
  contactOf,
  inOwn,
  oneLine,
  passage,
  whenAndWhere,
  type AddressedLetter,
  type Letter,
  type LetterTicket,
} from './letter-parts.ts';

/** What is told of a registration. */
export type LetterKind = Exclude<MailKind, 'announcement'>;
type Telling = Exclude<LetterKind, 'held'> | 'digital' | 'on_site';

/**
 * Writes a mail as it is true now, whatever was so when it was queued: a promotion that was cancelled before its mail
 * went is told as a cancellation.
 *
 * @returns null when there is nothing to tell any more, nobody to tell it to, or everything has been erased
 */
export async function writeLetter(
  installation: Installation,
  { registrationId, kind }: { registrationId: RegistrationId; kind: LetterKind },
): Promise<AddressedLetter | null> {
  const { db } = installation;
  const about = await readTicketContent(db, registrationId);
  const address = await findAddress(db, registrationId);
  if (!about || !address) return null;
  const { registration } = about;
  const telling = tellingOf(kind, registration.state, about.event.held);
  if (!telling) return null;
  const host = registration.host_id
    ? await readRegistration(db, registration.event_id, registration.host_id)
    : null;
  const party = [about, ...(await readParty(installation, about))];
  const addressee = host?.name ?? registration.name;
  return {
    letter: fillIn(installation, telling, about, party, addressee),
    to: { name: oneLine(addressee), address },
    event: about.event,
    date: about,
    tickets: about.event.held === 'on_site' ? party.filter(({ ticketText }) => ticketText !== null) : [],
  };
}

/** Whom somebody has brought along and who still comes, or may. */
async function readParty({ db }: Installation, { registration }: TicketContent): Promise<TicketContent[]> {
  const companions = registration.host_id === null ? await listCompanions(db, registration.id) : [];
  const contents = [];
  for (const { id, state } of companions)
    if (state !== 'cancelled') contents.push(await readTicketContent(db, id));
  return contents.filter((content) => content !== null);
}

function tellingOf(kind: LetterKind, state: RegistrationState, held: EventRow['held']): Telling | null {
  switch (kind) {
    case 'held':
      return state === 'cancelled' ? null : held;
    case 'reminder':
      return state === 'confirmed' ? 'reminder' : null;
    case 'change':
    case 'cancellation':
      return state === 'cancelled' ? 'cancellation' : 'change';
    case 'confirmation':
    case 'ticket':
    case 'promotion':
    case 'waiting_list':
      if (state === 'cancelled') return 'cancellation';
      if (state === 'waitlisted') return 'waiting_list';
      return kind === 'waiting_list' ? 'promotion' : kind;
  }
}

function fillIn(
  installation: Installation,
  telling: Telling,
  about: TicketContent,
  party: TicketContent[],
  addressee: string,
): Letter {
  const { locale, event, registration } = about;
  const title = TITLES[telling]({}, { locale });
  const eventTitle = passage(event.texts.title, locale);
  const codes = event.held === 'on_site' && party.some(({ ticketText }) => ticketText !== null);
  const open = installation.clock() < event.startsAt && registration.state !== 'cancelled';
  return {
    locale,
    direction: getTextDirection(locale),
    subject: oneLine(`${title}: ${eventTitle.text}`),
    title: inOwn(title, locale),
    greeting: m.mail_greeting({ name: oneLine(addressee) }, { locale }),
    paragraphs: paragraphsOf(telling, about).map((paragraph) => inOwn(paragraph, locale)),
    event: eventTitle,
    facts: factsOf(about),
    tickets: codes || party.length > 1 ? party.map((one) => ticketOf(installation, one, about, party)) : [],
    show: codes ? m.ticket_show({}, { locale }) : null,
    button: {
      label:
        registration.state === 'confirmed'
          ? m.mail_open_ticket({}, { locale })
          : m.mail_open_registration({}, { locale }),
      href: ticketAddress(installation, about.registration.id, locale),
    },
    changing: open ? m.mail_change_help({}, { locale }) : null,
    notes: notesOf(about, codes),
    contact: contactOf(event, locale),
    why: m.mail_why({}, { locale }),
  };
}

const TITLES: Record<Telling, typeof m.mail_title_confirmation> = {
  confirmation: m.mail_title_confirmation,
  waiting_list: m.mail_title_waiting_list,
  promotion: m.mail_title_promotion,
  change: m.mail_title_change,
  cancellation: m.mail_title_cancellation,
  ticket: m.mail_title_ticket,
  reminder: m.mail_title_reminder,
  digital: m.mail_title_digital,
  on_site: m.mail_title_on_site,
};

const LEADS: Record<Telling, typeof m.mail_lead_confirmation> = {
  confirmation: m.mail_lead_confirmation,
  waiting_list: m.mail_lead_waiting_list,
  promotion: m.mail_lead_promotion,
  change: m.mail_lead_change,
  cancellation: m.mail_lead_cancellation,
  ticket: m.mail_lead_ticket,
  reminder: m.mail_lead_reminder,
  digital: m.mail_lead_digital,
  on_site: m.mail_lead_on_site,
};

/** Who was brought along is told about by name and state: the mail goes to somebody else. */
function paragraphsOf(telling: Telling, { registration, event, locale }: TicketContent): string[] {
  const { state } = registration;
  const own = registration.host_id === null;
  const name = oneLine(registration.name);
  const paragraphs = own
    ? [LEADS[telling]({}, { locale })]
    : [m.mail_about({ name }, { locale }), `${name}: ${stateWord(state, locale)}`];
  const waits = state === 'waitlisted' && own && telling !== 'waiting_list';
  if (waits) paragraphs.push(m.mail_lead_waiting_list({}, { locale }));
  if (event.held === 'digital' && state !== 'cancelled') {
    if (telling !== 'digital') paragraphs.push(m.mail_lead_digital({}, { locale }));
    if (state === 'confirmed') paragraphs.push(m.mail_meeting({}, { locale }));
  }
  return paragraphs;
}

function factsOf({ locale, event, workgroup, room, registration }: TicketContent): Letter['facts'] {
  const facts = whenAndWhere(event, locale);
  if (registration.state === 'cancelled') return facts;
  facts.push({ label: m.ticket_workgroup({}, { locale }), value: passage(workgroup, locale) });
  if (event.held === 'on_site')
    facts.push({ label: m.ticket_room({}, { locale }), value: passage(room, locale) });
  return facts;
}

function ticketOf(
  installation: Installation,
  one: TicketContent,
  { locale, registration, event }: TicketContent,
  party: TicketContent[],
): LetterTicket {
  const name = oneLine(one.registration.name);
  const href = ticketAddress(installation, one.registration.id, locale);
  return {
    name,
    state: party.length > 1 ? stateWord(one.registration.state, locale) : null,
    code: event.held === 'on_site' ? one.ticketText : null,
    number:
      event.held === 'on_site' && one.ticketNumber
        ? { label: m.ticket_number({}, { locale }), value: one.ticketNumber }
        : null,
    link:
      one.registration.id === registration.id
        ? null
        : { label: m.mail_ticket_of({ name }, { locale }), href },
  };
}

function stateWord(state: RegistrationState, locale: Locale): string {
  const words = {
    confirmed: m.mail_state_confirmed,
    waitlisted: m.mail_state_waitlisted,
    cancelled: m.mail_state_cancelled,
  };
  return words[state]({}, { locale });
}

function notesOf({ registration, locale }: TicketContent, codes: boolean): string[] {
  if (registration.state === 'cancelled') return [m.mail_attached_cancelled({}, { locale })];
  if (!codes) return [];
  return [m.mail_private({}, { locale }), m.mail_attached({}, { locale })];
}
