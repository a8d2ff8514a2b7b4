import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import type { Database } from '../database/open.ts';
import { explainUnreachable, postgresDialect, type PostgresAddress } from '../database/postgres.ts';
import type { Schema } from '../database/schema.ts';
import { sqliteDialect } from '../database/sqlite.ts';

/** Where an installation keeps its tables; opened as it is, which brings nothing up to date. */
export interface Store {
  kind: 'sqlite' | 'postgres';
  db: Database;
  close(): Promise<void>;
}

export const sqliteFile = (dataFolder: string): string => join(dataFolder, 'einlass.sqlite');

/** @returns null when there is no installation in this folder */
export function openSqliteStore(dataFolder: string): Store | null {
  const file = sqliteFile(dataFolder);
  return existsSync(file) ? storeInFile(file) : null;
}

/** The store in a file, which is made when there is none. */
export function storeInFile(file: string): Store {
  const db = new Kysely<Schema>({ dialect: sqliteDialect(file) });
  return { kind: 'sqlite', db, close: () => db.destroy() };
}

/** @throws with a sentence, without the address, when nobody is there */
export async function openPostgresStore(address: PostgresAddress): Promise<Store> {
  const problem = await explainUnreachable(address);
  if (problem !== null) throw new Error(`the PostgreSQL can't be reached: ${problem}`);
  const db = new Kysely<Schema>({ dialect: postgresDialect(address) });
  return { kind: 'postgres', db, close: () => db.destroy() };
}
