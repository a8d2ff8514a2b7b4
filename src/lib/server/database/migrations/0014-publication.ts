import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

interface After {
  events: { published_at: number | null };
}

/** Events are set up before anybody sees them, and their registration opens and closes by date and by hand. */
async function up(db: Kysely<After>): Promise<void> {
  for (const column of ['published_at', 'registration_from', 'registration_closed_at'])
    await db.schema.alterTable('events').addColumn(column, 'bigint').execute();
  // Until now, every event was public.
  await db.updateTable('events').set({ published_at: Date.now() }).execute();
}

export const publication: Migration = { up };
