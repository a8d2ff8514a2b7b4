import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { isPostgres } from '../store-kind.ts';

async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('administrators')
    .addColumn('user_id', 'text', (c) => c.primaryKey().references('users.id').onDelete('cascade'))
    .addColumn('since', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('members')
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade'))
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('members_key', ['event_id', 'user_id'])
    .execute();
  await sql`create index members_user on members (user_id)`.execute(db);
  await db.schema
    .createTable('invitations')
    .addColumn('token_hash', 'text', (c) => c.primaryKey())
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('used_at', 'bigint')
    .execute();
  await db.schema
    .createTable('acts')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('event_id', 'text', (c) => c.references('events.id'))
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('actor_id', 'text')
    .addColumn('actor_name', 'text')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('subject', 'text')
    .addColumn('details', 'text', (c) => c.notNull())
    .execute();
  await sql`create index acts_event on acts (event_id, at)`.execute(db);
  // Nothing that the application does, by mistake or on purpose, rewrites the log.
  if (isPostgres(db)) await refuseInPostgres(db);
  else await refuseInSqlite(db);
  // Whoever has an account already made the installation, and could do everything.
  await sql`insert into administrators (user_id, since)
    select id, cast(${Date.now()} as bigint) from users`.execute(db);
}

async function refuseInSqlite(db: Kysely<unknown>): Promise<void> {
  for (const change of ['update', 'delete']) {
    await sql
      .raw(
        `create trigger acts_no_${change} before ${change} on acts
         begin select raise(abort, 'the log of acts only grows'); end`,
      )
      .execute(db);
  }
}

async function refuseInPostgres(db: Kysely<unknown>): Promise<void> {
  await sql`create function acts_only_grow() returns trigger language plpgsql as $$
    begin raise exception 'the log of acts only grows'; end $$`.execute(db);
  await sql`create trigger acts_no_change before update or delete on acts
    for each row execute function acts_only_grow()`.execute(db);
  await sql`create trigger acts_no_truncate before truncate on acts
    for each statement execute function acts_only_grow()`.execute(db);
}

export const members: Migration = { up };
