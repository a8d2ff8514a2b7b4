import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { nameKey } from '../../../domain/name-folding.ts';

interface Before {
  registrations: { id: string; name: string; name_key: string };
}

/** A list of fifty thousand is searched, filtered and sorted within these indexes, without reading its rows. */
async function up(db: Kysely<Before>): Promise<void> {
  await db.schema
    .alterTable('registrations')
    .addColumn('name_key', 'text', (c) => c.notNull().defaultTo(''))
    .execute();
  const rows = await db.selectFrom('registrations').select(['id', 'name']).execute();
  for (const { id, name } of rows)
    await db
      .updateTable('registrations')
      .set({ name_key: nameKey(name) })
      .where('id', '=', id)
      .execute();
  await sql`create index registrations_by_name on registrations
    (event_id, name_key, id, workgroup_id, state, email, created_at)`.execute(db);
  await sql`create index registrations_by_time on registrations
    (event_id, created_at, id, workgroup_id, state, name_key, email)`.execute(db);
}

export const registrationList: Migration = { up };
