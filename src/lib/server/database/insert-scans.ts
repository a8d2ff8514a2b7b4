import { CompiledQuery } from 'kysely';
import type { ScanId } from '../../domain/ids.ts';
import type { Tx } from './open.ts';
import type { NewScanRow } from './schema.ts';
import { isPostgres } from './store-kind.ts';

/** By store and number of rows. Writing a statement of many rows takes longer than running it, so it is written once. */
const statements = { postgres: new Map<number, string>(), sqlite: new Map<number, string>() };

/** The most rows in one statement: a power of two, so that its values are fewer than PostgreSQL's 65,535. */
const AT_ONCE = 1_024;

/**
 * Appends scans to the log; one whose id or place in its tablet's sequence is taken is left out.
 *
 * @param rows - each with the same columns in the same order
 * @returns the ids of those that are new in the log
 */
export async function insertScans(tx: Tx, rows: NewScanRow[]): Promise<ScanId[]> {
  const ids: ScanId[] = [];
  // Powers of two at a time, so that a few statements do for any number.
  for (let rest = rows; rest.length > 0;) {
    const size = Math.min(AT_ONCE, 2 ** Math.floor(Math.log2(rest.length)));
    ids.push(...(await insertTogether(tx, rest.slice(0, size))));
    rest = rest.slice(size);
  }
  return ids;
}

async function insertTogether(tx: Tx, rows: NewScanRow[]): Promise<ScanId[]> {
  const known = statements[isPostgres(tx) ? 'postgres' : 'sqlite'];
  const statement = known.get(rows.length) ?? writeStatement(tx, rows);
  known.set(rows.length, statement);
  const values = rows.flatMap((row) => Object.values(row) as unknown[]);
  const { rows: inserted } = await tx.executeQuery<{ id: ScanId }>(CompiledQuery.raw(statement, values));
  return inserted.map(({ id }) => id);
}

function writeStatement(tx: Tx, rows: NewScanRow[]): string {
  return tx
    .insertInto('scans')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .compile().sql;
}
