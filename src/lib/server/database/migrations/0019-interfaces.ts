import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const long = 'bigint';

async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('api_tokens')
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('token_hash', 'text', (c) => c.notNull().unique())
    .addColumn('scopes', 'text', (c) => c.notNull())
    .addColumn('created_at', long, (c) => c.notNull())
    .addColumn('expires_at', long)
    .addColumn('last_used_at', long)
    .addColumn('revoked_at', long)
    .execute();
  await sql`create index api_tokens_event on api_tokens (event_id)`.execute(db);
  await db.schema
    .createTable('api_requests')
    .addColumn('submission_id', 'text', (c) => c.primaryKey())
    .addColumn('body_proof', 'text', (c) => c.notNull())
    .addColumn('created_at', long, (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('webhooks')
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('kinds', 'text', (c) => c.notNull())
    .addColumn('sealed_secret', 'text', (c) => c.notNull())
    .addColumn('created_at', long, (c) => c.notNull())
    .addColumn('paused_at', long)
    .addColumn('failures', 'integer', (c) => c.notNull())
    .addColumn('resume_at', long, (c) => c.notNull())
    .execute();
  await sql`create index webhooks_event on webhooks (event_id)`.execute(db);
  await db.schema
    .createTable('webhook_deliveries')
    .addColumn('webhook_id', 'text', (c) => c.notNull().references('webhooks.id').onDelete('cascade'))
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('next_attempt_at', long, (c) => c.notNull())
    .addColumn('claimed_until', long)
    .addColumn('problem', 'text')
    .addColumn('created_at', long, (c) => c.notNull())
    .addColumn('settled_at', long)
    .addColumn('expires_at', long, (c) => c.notNull())
    .execute();
  await sql`create index webhook_deliveries_due on webhook_deliveries (webhook_id, state, next_attempt_at)`.execute(
    db,
  );
  await sql`create index webhook_deliveries_settled on webhook_deliveries (settled_at)`.execute(db);

  await db.schema
    .createTable('watched_events')
    .addColumn('event_id', 'text', (c) => c.primaryKey().references('events.id'))
    .addColumn('position', long, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('watched_registrations')
    .addColumn('event_id', 'text', (c) => c.notNull())
    .addColumn('registration_id', 'text', (c) => c.primaryKey())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('workgroup_id', 'text', (c) => c.notNull())
    .addColumn('erased', 'integer', (c) => c.notNull())
    .execute();
  await sql`create index watched_registrations_event on watched_registrations (event_id)`.execute(db);
}

export const interfaces: Migration = { up };
