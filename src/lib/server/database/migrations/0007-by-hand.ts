import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('scans').addColumn('by_hand_by', 'text').execute();
  await db.schema.alterTable('scans').addColumn('by_hand_why', 'text').execute();
}

export const byHand: Migration = { up };
