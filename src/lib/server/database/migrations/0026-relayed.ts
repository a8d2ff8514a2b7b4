import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Tablets may bring each other's scans, signed by who made them, and share a key by which they exchange them. */
async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('scans').addColumn('signature', 'text').execute();
  await db.schema.alterTable('scans').addColumn('brought_by', 'text').execute();
  await db.schema
    .createTable('event_exchange_keys')
    .addColumn('event_id', 'text', (c) => c.primaryKey().references('events.id'))
    .addColumn('sealed_key', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
}

export const relayed: Migration = { up };
