import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

interface Before {
  events: { change: number; setting_change: number };
}

async function up(db: Kysely<Before>): Promise<void> {
  await db.schema
    .createTable('decisions')
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id'))
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('reasons', 'text', (c) => c.notNull())
    .addColumn('subjects', 'text', (c) => c.notNull())
    .addColumn('scans', 'text', (c) => c.notNull())
    .addColumn('decided_by', 'text')
    .addColumn('decided_at', 'bigint', (c) => c.notNull())
    .addColumn('change', 'bigint', (c) => c.notNull())
    .execute();
  await sql`create index decisions_feed on decisions (event_id, change)`.execute(db);
  // From now on the reception desk is among the devices that a tablet can name.
  await db
    .updateTable('events')
    .set((eb) => ({ change: eb('change', '+', 1), setting_change: eb('change', '+', 1) }))
    .execute();
}

export const decisions: Migration = { up };
