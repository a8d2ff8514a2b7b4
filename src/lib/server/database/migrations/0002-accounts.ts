import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

const long = 'bigint';
/** Written and read by better-auth alone: as PostgreSQL's own moments there, as ISO text in SQLite. */
const moment = 'timestamptz';

async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('email', 'text', (c) => c.notNull().unique())
    .addColumn('email_verified', 'boolean', (c) => c.notNull())
    .addColumn('image', 'text')
    .addColumn('created_at', moment, (c) => c.notNull())
    .addColumn('updated_at', moment, (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('sessions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade'))
    .addColumn('token', 'text', (c) => c.notNull().unique())
    .addColumn('expires_at', moment, (c) => c.notNull())
    .addColumn('ip_address', 'text')
    .addColumn('user_agent', 'text')
    .addColumn('created_at', moment, (c) => c.notNull())
    .addColumn('updated_at', moment, (c) => c.notNull())
    .execute();
  await sql`create index sessions_user on sessions (user_id)`.execute(db);

  await db.schema
    .createTable('user_accounts')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('user_id', 'text', (c) => c.notNull().references('users.id').onDelete('cascade'))
    .addColumn('account_id', 'text', (c) => c.notNull())
    .addColumn('provider_id', 'text', (c) => c.notNull())
    .addColumn('password', 'text')
    .addColumn('access_token', 'text')
    .addColumn('refresh_token', 'text')
    .addColumn('id_token', 'text')
    .addColumn('access_token_expires_at', moment)
    .addColumn('refresh_token_expires_at', moment)
    .addColumn('scope', 'text')
    .addColumn('created_at', moment, (c) => c.notNull())
    .addColumn('updated_at', moment, (c) => c.notNull())
    .addUniqueConstraint('user_accounts_provider', ['provider_id', 'account_id'])
    .execute();
  await sql`create index user_accounts_user on user_accounts (user_id)`.execute(db);

  await db.schema
    .createTable('verifications')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('identifier', 'text', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addColumn('expires_at', moment, (c) => c.notNull())
    .addColumn('created_at', moment, (c) => c.notNull())
    .addColumn('updated_at', moment, (c) => c.notNull())
    .execute();
  await sql`create index verifications_identifier on verifications (identifier)`.execute(db);

  await db.schema
    .createTable('attempts')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('count', 'integer', (c) => c.notNull())
    .addColumn('until', long, (c) => c.notNull())
    .execute();
}

export const accounts: Migration = { up };
