import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A mail may now be one of many, or a try that goes to nobody who has registered. */
async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('announcements')
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('audience', 'text', (c) => c.notNull())
    .addColumn('texts', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('sent_at', 'bigint')
    .execute();
  await sql`create index announcements_event on announcements (event_id, created_at)`.execute(db);

  await sql`alter table mails rename to mails_before`.execute(db);
  await db.schema
    .createTable('mails')
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('registration_id', 'text', (c) => c.references('registrations.id'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull().unique())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('next_attempt_at', 'bigint', (c) => c.notNull())
    .addColumn('claimed_until', 'bigint')
    .addColumn('problem', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('settled_at', 'bigint')
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('announcement_id', 'text', (c) => c.references('announcements.id'))
    .addColumn('try_for', 'text')
    .addColumn('bulk', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await sql`insert into mails (event_id, id, registration_id, kind, reason, state, attempts, next_attempt_at,
      claimed_until, problem, created_at, settled_at, expires_at)
    select event_id, id, registration_id, kind, reason, state, attempts, next_attempt_at,
      claimed_until, problem, created_at, settled_at, expires_at
    from mails_before`.execute(db);
  await db.schema.dropTable('mails_before').execute();
  await sql`create index mails_due on mails (state, bulk, next_attempt_at)`.execute(db);
  await sql`create index mails_event on mails (event_id, created_at)`.execute(db);
  await sql`create index mails_registration on mails (registration_id)`.execute(db);
  await sql`create index mails_announcement on mails (announcement_id, state)`.execute(db);
}

export const announcements: Migration = { up };
