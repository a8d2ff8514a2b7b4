import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import { addMillis, SECOND, type Millis } from '../../domain/time.ts';
import type { Database } from '../database/open.ts';
import type { MailRow } from '../database/schema.ts';

/**
 * How long a process holds a mail without a sign of life, in milliseconds. Whoever sends renews it, so a slow server
 * makes no second mail, and a process that has died gives its mail up soon.
 */
export const LEASE = 30 * SECOND;

/** A mail that this process alone may send now. Each claim counts as an attempt, which tells it from later ones. */
export type ClaimedMail = MailRow;

/**
 * Takes the mail that has been due longest; one of many lets those pass that somebody waits for. One statement, so that of all processes on one database only one gets it:
 * SQLite writes one at a time; PostgreSQL makes the second wait for the row, and asks it the outer conditions anew.
 *
 * @returns null when none is due
 */
export async function claimMail(db: Database, now: Millis): Promise<ClaimedMail | null> {
  const claimed = await db
    .updateTable('mails')
    .set((eb) => ({ claimed_until: addMillis(now, LEASE), attempts: eb('attempts', '+', 1) }))
    .where('id', '=', (eb) =>
      eb
        .selectFrom('mails as due')
        .select('due.id')
        .where('due.state', '=', 'waiting')
        .where('due.next_attempt_at', '<=', now)
        .where('due.expires_at', '>', now)
        .where(unclaimed('due.claimed_until', now))
        .orderBy('due.bulk')
        .orderBy('due.next_attempt_at')
        .orderBy('due.id')
        .limit(1),
    )
    .where('state', '=', 'waiting')
    .where(unclaimed('claimed_until', now))
    .returningAll()
    .executeTakeFirst();
  return claimed ?? null;
}

function unclaimed(column: string, now: Millis): RawBuilder<boolean> {
  return sql<boolean>`(${sql.ref(column)} is null or ${sql.ref(column)} <= ${now})`;
}

/** When the next mail can be taken; null when none waits. */
export async function nextDue(db: Database): Promise<Millis | null> {
  const next = await db
    .selectFrom('mails')
    .select((eb) =>
      eb.fn
        .min<Millis | null>(
          sql`case when claimed_until > next_attempt_at then claimed_until else next_attempt_at end`,
        )
        .as('due'),
    )
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return next?.due == null ? null : (Number(next.due) as Millis);
}

/** Says that this process still sends the mail. @returns whether it is still its own */
export async function renewClaim(db: Database, mail: ClaimedMail, now: Millis): Promise<boolean> {
  return updateClaimed(db, mail, { claimed_until: addMillis(now, LEASE) });
}

/** What has become of an attempt. */
export type Settlement =
  | { state: 'sent' | 'failed' | 'expired'; problem: string | null }
  /** To be tried again at a time. */
  | { state: 'waiting'; problem: string; nextAttemptAt: Millis };

/** Records how an attempt ended, unless the mail has been claimed anew or erased since. */
export async function settleMail(
  db: Database,
  mail: ClaimedMail,
  settlement: Settlement,
  now: Millis,
): Promise<boolean> {
  const { state, problem } = settlement;
  return updateClaimed(db, mail, {
    state,
    problem,
    claimed_until: null,
    ...(settlement.state === 'waiting' ? { next_attempt_at: settlement.nextAttemptAt } : { settled_at: now }),
  });
}

async function updateClaimed(
  db: Database,
  { id, attempts }: ClaimedMail,
  values: Partial<Omit<MailRow, 'id'>>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('mails')
    .set(values)
    .where('id', '=', id)
    .where('attempts', '=', attempts)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Gives up the mails that came too late, except those that are under way. */
export async function expireMails(db: Database, now: Millis): Promise<void> {
  await db
    .updateTable('mails')
    .set({ state: 'expired', settled_at: now })
    .where('state', '=', 'waiting')
    .where('expires_at', '<=', now)
    .where(unclaimed('claimed_until', now))
    .execute();
}
