import { PostgresAdapter, type Kysely } from 'kysely';

/** Whether this is PostgreSQL; else it is SQLite. What differs between them stays within this folder. */
export function isPostgres(db: Pick<Kysely<unknown>, 'getExecutor'>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}
