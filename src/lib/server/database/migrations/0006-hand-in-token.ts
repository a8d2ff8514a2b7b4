import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('devices').addColumn('hand_in_hash', 'text').execute();
}

export const handInToken: Migration = { up };
