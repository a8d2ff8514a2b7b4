import type { EventId } from '../../domain/ids.ts';
import type { Tx } from './open.ts';
import { isPostgres } from './store-kind.ts';

/**
 * In SQLite, transactions come one after the other, so what one has read stays true until it writes. In PostgreSQL they
 * run at the same time: whatever reads first and then writes what follows from it has to take one of these locks before
 * it reads. Taking a number of the event's changes (`nextChange`) locks the event as well. Who needs several locks takes
 * them in the order in which they stand here, so that no two wait for each other.
 */

/** What concerns the whole installation, and whoever changes several events at once, comes one after the other. */
export async function lockInstallation(tx: Tx): Promise<void> {
  if (isPostgres(tx))
    await tx.selectFrom('installation').select('database_id').forNoKeyUpdate().executeTakeFirst();
}

/** Whoever changes an event waits until those have committed who are changing it. */
export async function lockEvent(tx: Tx, eventId: EventId): Promise<void> {
  if (isPostgres(tx))
    await tx.selectFrom('events').select('id').where('id', '=', eventId).forNoKeyUpdate().executeTakeFirst();
}

/** What is done with somebody's account comes one after the other. */
export async function lockAccount(tx: Tx, userId: string): Promise<void> {
  if (isPostgres(tx))
    await tx.selectFrom('users').select('id').where('id', '=', userId).forNoKeyUpdate().executeTakeFirst();
}
