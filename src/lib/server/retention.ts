import { KEPT_DAYS } from '../domain/retention.ts';
import { addMillis, DAY, type Millis } from '../domain/time.ts';
import { writeAct, type Actor } from './acts.ts';
import type { Database } from './database/open.ts';
import { nextChange } from './database/change-numbers.ts';
import type { EventPage } from './events.ts';
import type { Installation } from './installation.ts';

/** The day by whose end an event's registrations are deleted. Registrants were promised this. */
export function deletionDay({ endsAt, keptDays }: Pick<EventPage, 'endsAt' | 'keptDays'>): Millis {
  return addMillis(endsAt, keptDays * DAY);
}

/** How long feedback about barriers is kept at the most, in milliseconds. Those who give it were promised this. */
export const FEEDBACK_KEPT_FOR = 180 * DAY;

export type RetentionOutcome =
  | { kind: 'changed' }
  | { kind: 'unchanged' }
  /** Somebody has registered on the promise of the shorter time. */
  | { kind: 'promised' }
  /** By this time everything would have to be erased already: that is not done in passing. */
  | { kind: 'past' }
  /** There is nothing left to keep. */
  | { kind: 'erased' };

/** Decides how long an event's personal data is kept. What was promised to anybody may only become less. */
export async function changeRetention(
  installation: Installation,
  eventId: EventPage['id'],
  days: number,
  by: Actor = null,
): Promise<RetentionOutcome> {
  return installation.db.transaction().execute(async (tx): Promise<RetentionOutcome> => {
    // So that nobody registers while it is decided.
    await nextChange(tx, eventId);
    const {
      kept_days: before,
      erased_at,
      ends_at: endsAt,
    } = await tx
      .selectFrom('events')
      .select(['kept_days', 'erased_at', 'ends_at'])
      .where('id', '=', eventId)
      .executeTakeFirstOrThrow();
    if (erased_at !== null) return { kind: 'erased' };
    if (days === before) return { kind: 'unchanged' };
    if (installation.clock() >= deletionDay({ endsAt, keptDays: days })) return { kind: 'past' };
    if (days > before && (await hasPromised(tx, eventId))) return { kind: 'promised' };
    await tx.updateTable('events').set({ kept_days: days }).where('id', '=', eventId).execute();
    await writeAct(installation, tx, { eventId, by, kind: 'retention_changed', details: { days, before } });
    return { kind: 'changed' };
  });
}

/** Whether somebody has registered who was told how long their data is kept. */
export async function hasPromised(db: Database, eventId: EventPage['id']): Promise<boolean> {
  const found = await db
    .selectFrom('registrations')
    .select('id')
    .where('event_id', '=', eventId)
    .where('consented_at', 'is not', null)
    .where('erased_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** The longest time, in days, that any event's personal data is kept. */
export async function longestRetention(db: Database): Promise<number> {
  const { days } = await db
    .selectFrom('events')
    .select((eb) => eb.fn.max('kept_days').as('days'))
    .executeTakeFirstOrThrow();
  return days ?? KEPT_DAYS;
}

/** @returns whether an event's personal data is due to be erased, or has been erased early */
export function isErasureDue(
  event: Pick<EventPage, 'endsAt' | 'keptDays' | 'erasedAt'>,
  now: Millis,
): boolean {
  // An event that is moved into the future after it was erased has people again.
  return now >= deletionDay(event) || (event.erasedAt !== null && now >= event.endsAt);
}
