import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import { tzlib_get_ical_block } from 'timezones-ical-library';
import { localizedText } from '../../domain/setting.ts';
import type { Millis } from '../../domain/time.ts';
import { m } from '../../i18n/index.ts';
import { berlinDate } from '../berlin-time.ts';
import type { Installation } from '../installation.ts';
import type { TicketContent } from '../ticket-content.ts';
import { ticketAddress } from '../tickets.ts';
import { oneLine } from './letter-parts.ts';

const ZONE = 'Europe/Berlin';

/**
 * A registration's appointment for a calendar (iCalendar, RFC 5545). Its UID stays and its sequence rises, so that a
 * calendar replaces what an earlier mail has put there; a cancelled one is taken out.
 *
 * @param sequence - rises with every change of the registration or of its event
 * @returns null for whoever waits: there is nothing yet to be noted
 */
export function calendarFile(
  installation: Installation,
  content: TicketContent,
  sequence: number,
): string | null {
  const { event, registration, locale, workgroup, room } = content;
  if (registration.state === 'waitlisted') return null;
  const digital = event.held === 'digital';
  const { contact, title, venue } = event.texts;
  const calendar = ical({
    prodId: { company: 'Einlass', product: 'Einlass', language: 'DE' },
    method: ICalCalendarMethod.PUBLISH,
    timezone: { name: null, generator: zoneBlock },
  });
  const address = ticketAddress(installation, registration.id, locale);
  const place = digital ? m.mail_online({}, { locale }) : localizedText(venue, locale);
  calendar.createEvent({
    id: `${registration.id}@${new URL(installation.origin).hostname}`,
    sequence,
    stamp: new Date(installation.clock()),
    start: berlinClock(event.startsAt),
    end: berlinClock(event.endsAt),
    timezone: ZONE,
    summary: oneLine(localizedText(title, locale)),
    location: oneLine(place),
    description: [
      `${m.ticket_workgroup({}, { locale })}: ${localizedText(workgroup, locale)}`,
      ...(digital ? [] : [`${m.ticket_room({}, { locale })}: ${localizedText(room, locale)}`]),
      address,
    ].join('\n'),
    url: address,
    organizer: contact.email ? { name: oneLine(contact.name), email: oneLine(contact.email) } : null,
    status: registration.state === 'cancelled' ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
  });
  return calendar.toString();
}

/** What clocks in Germany show, on the clock of this process: the generator writes that down with the zone's name. */
function berlinClock(moment: Millis): Date {
  const { year, month, day, hour, minute } = berlinDate(moment);
  return new Date(year, month - 1, day, hour, minute);
}

function zoneBlock(zone: string): string | null {
  const [block] = [tzlib_get_ical_block(zone)].flat();
  return block ?? null;
}
