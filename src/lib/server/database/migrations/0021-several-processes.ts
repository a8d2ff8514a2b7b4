import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What several server processes on one database need to know of each other. */
async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('installation').addColumn('secret_proof', 'text').execute();
  await db.schema
    .alterTable('events')
    .addColumn('rewrites', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createTable('turns')
    .addColumn('what', 'text', (c) => c.primaryKey())
    .addColumn('holder', 'text', (c) => c.notNull())
    .addColumn('until', 'bigint', (c) => c.notNull())
    .execute();
}

export const severalProcesses: Migration = { up };
