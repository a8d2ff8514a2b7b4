import { sql } from 'kysely';
import type { Database } from './open.ts';
import { isPostgres } from './store-kind.ts';

/**
 * Writes the database anew, so that nothing of what was deleted or overwritten is left between what is there. Until then
 * it stands in the file for whoever reads its bytes. Others wait meanwhile: about a second for half a gigabyte.
 */
export async function compact(db: Database): Promise<void> {
  if (isPostgres(db)) return;
  await sql`vacuum`.execute(db);
  // The journal still has the pages of before.
  await sql`pragma wal_checkpoint(truncate)`.execute(db);
}
