import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** An account can be disabled, and a session knows by which way it began and when its owner has last proved who they are. */
async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('users').addColumn('disabled_at', 'bigint').execute();
  await db.schema.alterTable('users').addColumn('factor_taken_at', 'bigint').execute();
  await db.schema.alterTable('users').addColumn('factor_notice_at', 'bigint').execute();
  await db.schema.alterTable('sessions').addColumn('way', 'text').execute();
  await db.schema.alterTable('sessions').addColumn('proved_at', 'bigint').execute();
  // Who has no password can have come by the provider only; of who has both, nobody knows.
  await sql`update sessions set way = case
    when user_id in (select user_id from user_accounts where provider_id = 'credential') then 'password'
    else 'provider' end`.execute(db);
}

export const accountSecurity: Migration = { up };
