import { sql, type Kysely } from 'kysely';
import { storedTables } from './snapshot.ts';
import type { Store } from './store.ts';

/** Whether a PostgreSQL has nothing of an installation in it but, at the most, empty tables. */
export async function isEmpty({ db }: Store): Promise<boolean> {
  for (const { table } of await storedTables(db)) {
    // Its name is given as soon as a server starts.
    if (table === 'installation') continue;
    const dynamic = db as unknown as Kysely<Record<string, Record<string, unknown>>>;
    const row = await dynamic
      .selectFrom(table)
      .select(sql`1`.as('one'))
      .limit(1)
      .executeTakeFirst();
    if (row) return false;
  }
  return true;
}

/**
 * Fills an empty PostgreSQL, all or nothing: when something fails, there are no tables.
 *
 * @param work - makes the tables and fills them
 */
export async function fillEmpty(store: Store, work: () => Promise<void>): Promise<void> {
  await dropTables(store);
  try {
    await work();
  } catch (error) {
    await dropTables(store);
    throw error;
  }
}

async function dropTables({ db }: Store): Promise<void> {
  const tables = [
    ...(await storedTables(db)).map(({ table }) => table),
    'kysely_migration',
    'kysely_migration_lock',
  ];
  await sql`drop table if exists ${sql.join(tables.map((table) => sql.table(table)))} cascade`.execute(db);
  // What the tables' triggers call is left without them.
  const { rows } = await sql<{ name: string }>`select proname as name from pg_proc
    where pronamespace = current_schema()::regnamespace and prorettype = 'trigger'::regtype`.execute(db);
  for (const { name } of rows) await sql`drop function ${sql.table(name)}()`.execute(db);
}
