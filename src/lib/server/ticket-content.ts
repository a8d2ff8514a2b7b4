import type { RegistrationId } from '../domain/ids.ts';
import type { Localized } from '../domain/setting.ts';
import { ticketNumberOfText, type TicketNumber } from '../domain/ticket-number.ts';
import { baseLocale, isLocale, type Locale } from '../i18n/index.ts';
import type { Database } from './database/open.ts';
import type { RegistrationRow } from './database/schema.ts';
import { findEvent, listRooms, listWorkgroups, type EventPage } from './events.ts';
import { findTicketPage } from './registrations.ts';

/** All that a ticket says, on whatever it is shown: the page, the mail, the paper. */
export interface TicketContent {
  registration: RegistrationRow;
  /** The language in which the person registered. */
  locale: Locale;
  event: EventPage;
  workgroup: Localized;
  workgroupNumber: number;
  room: Localized;
  /** Where the workgroup meets when the event is held digitally. */
  meetingUrl: string | null;
  /** The text of the QR code; null for whoever has no place. */
  ticketText: string | null;
  /** For people to read aloud; null for whoever has no place. */
  ticketNumber: TicketNumber | null;
}

/** @returns null when there is no such registration, or everything about it has been erased */
export async function readTicketContent(db: Database, id: RegistrationId): Promise<TicketContent | null> {
  const page = await findTicketPage(db, id);
  if (!page) return null;
  const { registration, ticketText } = page;
  const event = (await findEvent(db, { id: registration.event_id }))!;
  const workgroup = (await listWorkgroups(db, event.id)).find(({ id }) => id === registration.workgroup_id)!;
  const room = (await listRooms(db, event.id)).find(({ id }) => id === workgroup.roomId)!;
  return {
    registration,
    locale: isLocale(registration.locale) ? registration.locale : baseLocale,
    event,
    workgroup: workgroup.title,
    workgroupNumber: workgroup.number,
    room: room.name,
    meetingUrl: workgroup.meetingUrl,
    ...(registration.state === 'confirmed'
      ? { ticketText, ticketNumber: ticketNumberOfText(ticketText) }
      : { ticketText: null, ticketNumber: null }),
  };
}
