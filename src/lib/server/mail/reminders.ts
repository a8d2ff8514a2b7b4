import { addMillis, HOUR, type Millis } from '../../domain/time.ts';
import { berlinDate, berlinTime } from '../berlin-time.ts';
import type { Installation } from '../installation.ts';
import { queueMail } from '../outbox.ts';

const HOUR_OF_DAY = 10;

/** When those who have a place are reminded of an event: at ten in the morning of the day before, in Germany. */
export function reminderTime(startsAt: Millis): Millis {
  const { year, month, day } = berlinDate(startsAt);
  return berlinTime(year, month, day - 1, HOUR_OF_DAY);
}

/** The longest time between a reminder and its event, in milliseconds: from ten to midnight on the day after. */
const FARTHEST = 39 * HOUR;

/**
 * Queues the reminders that are due, one for each who has a place and an address, and registered before it was time.
 * However often and wherever this runs, nobody gets a second one, unless the event is moved to another time.
 */
export async function queueReminders(installation: Installation): Promise<void> {
  const { db, clock } = installation;
  const now = clock();
  const events = await db
    .selectFrom('events')
    .select(['id', 'starts_at'])
    .where('starts_at', '>', now)
    .where('starts_at', '<=', addMillis(now, FARTHEST))
    .execute();
  for (const { id: eventId, starts_at: startsAt } of events) {
    const from = reminderTime(startsAt);
    if (now < from) continue;
    await db.transaction().execute(async (tx) => {
      const queued = await tx
        .selectFrom('mails')
        .select('reason')
        .where('event_id', '=', eventId)
        .where('kind', '=', 'reminder')
        .execute();
      const reasons = new Set(queued.map(({ reason }) => reason));
      const guests = await tx
        .selectFrom('registrations')
        .select('id')
        .where('event_id', '=', eventId)
        .where('state', '=', 'confirmed')
        .where('host_id', 'is', null)
        .where('email', 'is not', null)
        .where('created_at', '<', from)
        .execute();
      for (const { id: registrationId } of guests) {
        const reason = `reminder:${registrationId}:${startsAt}`;
        if (!reasons.has(reason))
          await queueMail(tx, installation, eventId, {
            registrationId,
            kind: 'reminder',
            reason,
            expiresAt: startsAt,
          });
      }
    });
  }
}
