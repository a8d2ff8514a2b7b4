import * as v from 'valibot';
import { RegistrationIdSchema, TicketIdSchema, WorkgroupIdSchema, type TicketId } from './ids.ts';
import { MillisSchema, type Millis } from './time.ts';

export const RegistrationStateSchema = v.picklist(['confirmed', 'waitlisted', 'cancelled']);
export type RegistrationState = v.InferOutput<typeof RegistrationStateSchema>;

/** What a tablet knows of one registration: a row of the roster, and nothing that the door doesn't need. */
export const RegistrationSchema = v.object({
  id: RegistrationIdSchema,
  /** Empty once the person had it erased. */
  name: v.string(),
  workgroupId: WorkgroupIdSchema,
  state: RegistrationStateSchema,
  /** When the registration came into this state. */
  stateSince: MillisSchema,
  ticketId: TicketIdSchema,
  /** Tickets that a newer one has replaced. */
  formerTickets: v.array(v.object({ ticketId: TicketIdSchema, revokedAt: MillisSchema })),
  /** Needs that the door acts on, in words. */
  accessNeeds: v.string(),
});
export type Registration = v.InferOutput<typeof RegistrationSchema>;

/** Whether nothing personal may be left of it, not in what was known before either. */
export function isErased(registration: Registration): boolean {
  return registration.name === '';
}

export function ticketIdsOf(registration: Registration): TicketId[] {
  return [registration.ticketId, ...registration.formerTickets.map((former) => former.ticketId)];
}

/** When this ticket was replaced by a newer one, or null while it is the current one. */
export function revokedAt(registration: Registration, ticketId: TicketId): Millis | null {
  return registration.formerTickets.find((former) => former.ticketId === ticketId)?.revokedAt ?? null;
}
