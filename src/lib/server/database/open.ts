import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import { v4 } from 'uuid';
import type { Clock } from '../../domain/time.ts';
import { migrations } from './migrations/index.ts';
import type { Schema } from './schema.ts';
import { sqliteDialect } from './sqlite.ts';

export type Database = Kysely<Schema>;
export type Tx = Transaction<Schema>;

/**
 * Opens the installation's database, makes it when there is none, and brings it up to date.
 *
 * @param file - where SQLite's file is (or shall be); `:memory:` for a database that nobody keeps
 * @throws when a migration fails; the database is then as it was before that migration
 */
export async function openDatabase(file: string, clock: Clock): Promise<Database> {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = new Kysely<Schema>({ dialect: sqliteDialect(file) });
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw new Error('the database could not be brought up to date', { cause: error });
  await nameDatabase(db, clock);
  return db;
}

async function nameDatabase(db: Database, clock: Clock): Promise<void> {
  const named = await db.selectFrom('installation').select('database_id').executeTakeFirst();
  if (!named)
    await db.insertInto('installation').values({ database_id: v4(), created_at: clock() }).execute();
}
