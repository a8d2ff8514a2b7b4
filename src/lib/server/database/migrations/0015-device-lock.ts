import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('devices').addColumn('lock_asked_at', 'bigint').execute();
  await db.schema.alterTable('devices').addColumn('lock_told_at', 'bigint').execute();
  await db.schema.alterTable('devices').addColumn('locked_since', 'bigint').execute();
}

export const deviceLock: Migration = { up };
