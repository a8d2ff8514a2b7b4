import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** An event's key may be taken out of use: it then speaks only for tickets that the roster holds. */
async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('event_keys').addColumn('revoked_at', 'bigint').execute();
}

export const revokedKeys: Migration = { up };
