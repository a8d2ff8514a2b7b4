import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

async function up(db: Kysely<unknown>): Promise<void> {
  // What registrants had been promised until then.
  await db.schema
    .alterTable('events')
    .addColumn('kept_days', 'integer', (c) => c.notNull().defaultTo(28))
    .execute();
  await db.schema.alterTable('events').addColumn('erased_at', 'bigint').execute();
  await db.schema
    .createTable('surveys')
    .addColumn('event_id', 'text', (c) => c.primaryKey().references('events.id'))
    .addColumn('taken_at', 'bigint', (c) => c.notNull())
    .addColumn('survey', 'text', (c) => c.notNull())
    .execute();
}

export const afterTheEvent: Migration = { up };
