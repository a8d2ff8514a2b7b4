import type { EventState } from './event-state.ts';
import type { KeyId, TicketId } from './ids.ts';
import type { TicketReading } from './ticket.ts';

/** The roster vouches for a ticket whose signature nobody has seen, and knows all that would be printed on it. */
export function vouchedFor(ticketId: TicketId, state: EventState): TicketReading {
  const { workgroups, setting } = state.venue;
  const registration = state.registrationOf(ticketId);
  return {
    kind: 'ticket',
    keyRevoked: false,
    ticket: {
      keyId: '00000000' as KeyId,
      eventId: setting.eventId,
      ticketId,
      workgroupNumber: (registration && workgroups.get(registration.workgroupId)?.number) ?? 0,
      validFrom: setting.admissionFrom,
      validUntil: setting.admissionUntil,
    },
  };
}
