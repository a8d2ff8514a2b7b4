import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, sql, type Transaction } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, Migrator, type Migration } from 'kysely/migration';
import { v4 } from 'uuid';
import type { Clock } from '../../domain/time.ts';
import { migrations } from './migrations/index.ts';
import { explainUnreachable, postgresDialect, type PostgresAddress } from './postgres.ts';
import type { Schema } from './schema.ts';
import { sqliteDialect } from './sqlite.ts';
import { isPostgres } from './store-kind.ts';

export type Database = Kysely<Schema>;
export type Tx = Transaction<Schema>;

/** Where an installation keeps its data: SQLite's file (`:memory:` for one that nobody keeps), or a PostgreSQL. */
export type Store = { file: string } | PostgresAddress;

/**
 * Opens the installation's database, makes its tables when there are none, and brings them up to date. Of several
 * processes that do so at once, one does it, and the others wait.
 *
 * @throws with a sentence for the operator when it can't be reached; when a migration fails, the database is as it was
 */
export async function openDatabase(store: Store, clock: Clock): Promise<Database> {
  const db = new Kysely<Schema>({ dialect: await dialectOf(store) });
  try {
    const known = await knownMigrations(db);
    const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(known) } });
    const { error } = await migrator.migrateToLatest();
    if (error) throw new Error('the database could not be brought up to date', { cause: error });
    await nameDatabase(db, clock);
    return db;
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

async function dialectOf(store: Store) {
  if ('file' in store) {
    if (store.file !== ':memory:') mkdirSync(dirname(store.file), { recursive: true, mode: 0o700 });
    return sqliteDialect(store.file);
  }
  const problem = await explainUnreachable(store);
  if (problem !== null) throw new Error(`DATABASE_URL: the database can't be reached: ${problem}`);
  return postgresDialect(store);
}

/**
 * Those of this version, and those that a newer one has done already: while an update is under way a process of before
 * may have to start anew, and can, because migrations take nothing away.
 */
async function knownMigrations(db: Database): Promise<Record<string, Migration>> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return migrations;
  const table = sql.table(DEFAULT_MIGRATION_TABLE);
  const { rows } = await sql<{ name: string }>`select name from ${table}`.execute(db);
  const done = rows.map(({ name }): [string, Migration] => [name, { up: () => Promise.resolve() }]);
  return { ...Object.fromEntries<Migration>(done), ...migrations };
}

async function nameDatabase(db: Database, clock: Clock): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // SQLite's transactions come one after the other anyhow.
    if (isPostgres(tx)) await sql`lock table installation in share row exclusive mode`.execute(tx);
    const named = await tx.selectFrom('installation').select('database_id').executeTakeFirst();
    if (!named)
      await tx.insertInto('installation').values({ database_id: v4(), created_at: clock() }).execute();
  });
}
