import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const long = 'bigint';

interface Before {
  registrations: { id: string; access_needs: string };
}

async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('registrations')
    .addColumn('host_id', 'text', (c) => c.references('registrations.id'))
    .execute();
  await db.schema.alterTable('registrations').addColumn('first_choice_id', 'text').execute();
  await db.schema.alterTable('registrations').addColumn('second_choice_id', 'text').execute();
  await db.schema.alterTable('registrations').addColumn('affiliation', 'text').execute();
  await db.schema.alterTable('registrations').addColumn('waiting_since', long).execute();
  await db.schema.alterTable('registrations').addColumn('erased_at', long).execute();
  await sql`update registrations set first_choice_id = workgroup_id where origin = 'form'`.execute(db);
  await sql`create index registrations_host on registrations (host_id)`.execute(db);
  await writeNeedsAsJson(db);

  await db.schema
    .alterTable('events')
    .addColumn('held', 'text', (c) => c.notNull().defaultTo('on_site'))
    .execute();
  await db.schema.alterTable('events').addColumn('held_since', long).execute();
  await db.schema.alterTable('workgroups').addColumn('meeting_url', 'text').execute();

  await db.schema
    .createTable('mails')
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('registration_id', 'text', (c) => c.notNull().references('registrations.id'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull().unique())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('next_attempt_at', long, (c) => c.notNull())
    .addColumn('claimed_until', long)
    .addColumn('problem', 'text')
    .addColumn('created_at', long, (c) => c.notNull())
    .addColumn('settled_at', long)
    .addColumn('expires_at', long, (c) => c.notNull())
    .execute();
  await sql`create index mails_due on mails (state, next_attempt_at)`.execute(db);
  await sql`create index mails_event on mails (event_id, created_at)`.execute(db);
  await sql`create index mails_registration on mails (registration_id)`.execute(db);
}

/** What was typed so far as one text becomes the part in the person's own words. */
async function writeNeedsAsJson(db: Kysely<Before>): Promise<void> {
  const rows = await db.selectFrom('registrations').select(['id', 'access_needs']).execute();
  for (const { id, access_needs: other } of rows) {
    await db
      .updateTable('registrations')
      .set({ access_needs: JSON.stringify(other ? { other } : {}) })
      .where('id', '=', id)
      .execute();
  }
}

export const registration: Migration = { up };
