import { sql } from 'kysely';
import { SECOND } from '../../domain/time.ts';
import type { Database } from '../database/open.ts';
import { migrations } from '../database/migrations/index.ts';
import type { Shutdown } from '../shutdown.ts';
import { within } from './within.ts';

export type Readiness =
  { ready: true } | { ready: false; why: 'shutting_down' | 'database_unreachable' | 'migrations_missing' };

/** For how long the database may take to answer, in milliseconds. */
export const DATABASE_PATIENCE = SECOND;

/**
 * Whether this process should be sent requests. A database that is ahead of this process is no reason against it: the
 * newer processes of an update have brought it there, and it goes on working with older ones.
 */
export async function readReadiness(
  db: Database,
  shutdown: Pick<Shutdown, 'begun'>,
  patience = DATABASE_PATIENCE,
): Promise<Readiness> {
  if (shutdown.begun) return { ready: false, why: 'shutting_down' };
  let done: Set<string>;
  try {
    const { rows } = await within(
      patience,
      sql<{ name: string }>`select name from kysely_migration`.execute(db),
    );
    done = new Set(rows.map(({ name }) => name));
  } catch {
    return { ready: false, why: 'database_unreachable' };
  }
  const missing = Object.keys(migrations).some((name) => !done.has(name));
  return missing ? { ready: false, why: 'migrations_missing' } : { ready: true };
}
