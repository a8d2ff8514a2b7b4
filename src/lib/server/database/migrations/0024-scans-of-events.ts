import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { isPostgres } from '../store-kind.ts';

/**
 * In PostgreSQL a scan is known by its id and its event: a log that is divided by events can have no other key, and
 * whether it is divided must make no difference to what goes into it, or into a copy of it. SQLite keeps its key.
 */
async function up(db: Kysely<unknown>): Promise<void> {
  if (!isPostgres(db)) return;
  await sql`alter table scans drop constraint scans_pkey,
    add constraint scans_pkey primary key (id, event_id)`.execute(db);
}

export const scansOfEvents: Migration = { up };
