import { sql, type Kysely, type RawBuilder } from 'kysely';
import { addMillis, SECOND, type Millis } from '../domain/time.ts';
import type { Database } from './database/open.ts';
import { isPostgres } from './database/store-kind.ts';
import type { OutboxColumns } from './database/tables/outbox-columns.ts';

/**
 * How long a process holds what it sends without a sign of life, in milliseconds. Whoever sends for longer renews it,
 * so a slow receiver gets nothing twice, and a process that has died gives its work up soon.
 */
export const LEASE = 30 * SECOND;

/** What has become of an attempt. */
export type Settlement =
  | { state: 'sent' | 'failed' | 'expired'; problem: string | null }
  /** To be tried again at a time. */
  | { state: 'waiting'; problem: string | null; nextAttemptAt: Millis };

interface Options {
  /**
   * Which of those that are due goes first: what has been due longest, where one of many lets those pass that somebody
   * waits for; or what was made first.
   */
  first: 'due' | 'made';
}

/** Shares an outbox's work out among all processes on one database. */
export class OutboxClaims<Row extends OutboxColumns> {
  private readonly db: Kysely<{ rows: OutboxColumns & { webhook_id: string; bulk: 0 | 1 } }>;
  private readonly table: 'rows';
  private readonly first: Options['first'];

  constructor(db: Database, table: 'mails' | 'webhook_deliveries', { first }: Options) {
    // Which table it is, is known at run time only; what is used here stands in both.
    this.db = db as unknown as typeof this.db;
    this.table = table as 'rows';
    this.first = first;
  }

  /**
   * Takes what comes first of what is due, so that this process alone may send it now. Each claim counts as an attempt,
   * which tells it from later ones. One statement, so that of all processes on one database only one gets it: SQLite
   * writes one at a time; on PostgreSQL the second passes over the row that the first is at, and takes the next.
   *
   * @param webhookId - only what goes to this webhook
   * @returns null when nothing is due
   */
  async claim(now: Millis, webhookId?: string): Promise<Row | null> {
    const claimed = await this.db
      .updateTable(this.table)
      .set((eb) => ({ claimed_until: addMillis(now, LEASE), attempts: eb('attempts', '+', 1) }))
      .where('id', '=', (eb) => {
        let due = eb
          .selectFrom(`${this.table} as due`)
          .select('due.id')
          .where('due.state', '=', 'waiting')
          .where('due.next_attempt_at', '<=', now)
          .where('due.expires_at', '>', now)
          .where(unclaimed('due.claimed_until', now));
        if (webhookId !== undefined) due = due.where('due.webhook_id', '=', webhookId);
        if (this.first === 'due') due = due.orderBy('due.bulk').orderBy('due.next_attempt_at');
        due = due.orderBy('due.id').limit(1);
        return isPostgres(this.db) ? due.forUpdate().skipLocked() : due;
      })
      .where('state', '=', 'waiting')
      .where(unclaimed('claimed_until', now))
      .returningAll()
      .executeTakeFirst();
    return (claimed as unknown as Row | undefined) ?? null;
  }

  /** When the next can be taken; null when none waits. */
  async nextDue(): Promise<Millis | null> {
    const next = await this.db
      .selectFrom(this.table)
      .select((eb) => eb.fn.min<Millis | null>(takeableAt()).as('due'))
      .where('state', '=', 'waiting')
      .executeTakeFirst();
    return next?.due == null ? null : (Number(next.due) as Millis);
  }

  /** Says that this process still sends it. @returns whether it is still its own */
  renew(row: Row, now: Millis): Promise<boolean> {
    return this.updateClaimed(row, { claimed_until: addMillis(now, LEASE) });
  }

  /** Records how an attempt ended, unless it has been claimed anew or erased since. @returns whether it has not */
  settle(row: Row, settlement: Settlement, now: Millis): Promise<boolean> {
    const { state, problem } = settlement;
    return this.updateClaimed(row, {
      state,
      problem,
      claimed_until: null,
      ...(settlement.state === 'waiting'
        ? { next_attempt_at: settlement.nextAttemptAt }
        : { settled_at: now }),
    });
  }

  /** Gives up what comes too late, except what is under way. */
  async expire(now: Millis): Promise<void> {
    await this.db
      .updateTable(this.table)
      .set({ state: 'expired', settled_at: now })
      .where('state', '=', 'waiting')
      .where('expires_at', '<=', now)
      .where(unclaimed('claimed_until', now))
      .execute();
  }

  private async updateClaimed(
    { id, attempts }: Row,
    values: Partial<Omit<OutboxColumns, 'id'>>,
  ): Promise<boolean> {
    const { numUpdatedRows } = await this.db
      .updateTable(this.table)
      .set(values)
      .where('id', '=', id)
      .where('attempts', '=', attempts)
      .where('state', '=', 'waiting')
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}

/** Whether nobody is sending it. */
export function unclaimed(column: string, now: Millis): RawBuilder<boolean> {
  return sql<boolean>`(${sql.ref(column)} is null or ${sql.ref(column)} <= ${now})`;
}

/** From when on it can be taken. */
export function takeableAt(): RawBuilder<Millis> {
  return sql<Millis>`case when claimed_until > next_attempt_at then claimed_until else next_attempt_at end`;
}
