import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import type { EventId } from '../domain/ids.ts';
import type { Installation } from './installation.ts';
import { sendTicketAgain } from './self-service.ts';

/** How long an answer takes, in milliseconds: longer than the work for a whole family. */
const ANSWERS_AFTER = 500;

/**
 * Mails every ticket of an address to it once more. It takes the same time whether there are any, so that nobody learns
 * from it who has registered.
 */
export async function sendLostTickets(
  installation: Installation,
  eventId: EventId,
  email: string,
): Promise<void> {
  const send = async () => {
    const people = await installation.db
      .selectFrom('registrations as person')
      .leftJoin('registrations as host', 'host.id', 'person.host_id')
      .select('person.id')
      .where('person.event_id', '=', eventId)
      .where('person.state', '!=', 'cancelled')
      .where('person.erased_at', 'is', null)
      .where(sql<string>`lower(coalesce(person.email, host.email))`, '=', email.toLowerCase())
      .execute();
    for (const { id } of people) await sendTicketAgain(installation, eventId, id);
  };
  await Promise.all([send(), wait(ANSWERS_AFTER)]);
}
