import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Assignments of people to workgroups, and whom each of them moved from where to where: so each can be undone. */
async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('assignments')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('event_id', 'text', (c) => c.notNull().references('events.id').onDelete('cascade'))
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('fingerprint', 'text', (c) => c.notNull())
    .addColumn('figures', 'text', (c) => c.notNull())
    .addColumn('undone_at', 'bigint')
    .execute();
  await sql`create index assignments_event on assignments (event_id, at)`.execute(db);
  await db.schema
    .createTable('assignment_moves')
    .addColumn('assignment_id', 'text', (c) => c.notNull().references('assignments.id').onDelete('cascade'))
    .addColumn('registration_id', 'text', (c) =>
      c.notNull().references('registrations.id').onDelete('cascade'),
    )
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('from_workgroup_id', 'text', (c) => c.notNull())
    .addColumn('from_state', 'text', (c) => c.notNull())
    .addColumn('from_waiting_since', 'bigint')
    .addColumn('to_workgroup_id', 'text', (c) => c.notNull())
    .addColumn('to_state', 'text', (c) => c.notNull())
    .addColumn('undone', 'text')
    .addPrimaryKeyConstraint('assignment_moves_key', ['assignment_id', 'registration_id'])
    .execute();
  await sql`create index assignment_moves_registration on assignment_moves (registration_id)`.execute(db);
}

export const assignments: Migration = { up };
