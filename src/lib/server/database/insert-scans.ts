import { CompiledQuery } from 'kysely';
import type { Tx } from './open.ts';
import type { NewScanRow } from './schema.ts';
import { isPostgres } from './store-kind.ts';

/** Of every column, what PostgreSQL calls its type. */
const COLUMNS: Record<keyof NewScanRow, 'text' | 'bigint'> = {
  event_id: 'text',
  id: 'text',
  device_id: 'text',
  device_seq: 'bigint',
  ticket_id: 'text',
  payload_hash: 'text',
  checkpoint_id: 'text',
  direction: 'text',
  device_time: 'bigint',
  clock_offset: 'bigint',
  roster_cursor: 'text',
  verdict_shown: 'text',
  override_by: 'text',
  override_why: 'text',
  by_hand_by: 'text',
  by_hand_why: 'text',
  undoes: 'text',
  received_at: 'bigint',
  change: 'bigint',
  signature: 'text',
  brought_by: 'text',
};
const NAMES = Object.keys(COLUMNS) as (keyof NewScanRow)[];
const INTO = `insert into scans (${NAMES.join(', ')})`;

/** The most rows in one statement: a power of two, so that its values are fewer than SQLite's 32,766. */
const AT_ONCE = 1_024;

/**
 * Appends scans to the log; one whose id or place in its tablet's sequence is taken is left out.
 *
 * @param rows - of one event, each with a change number that no other row has
 * @returns the change numbers of those that are new in the log
 */
export async function insertScans(tx: Tx, rows: NewScanRow[]): Promise<number[]> {
  const insert = isPostgres(tx) ? insertColumns : insertTuples;
  const inserted = await insert(tx, rows);
  const changes = rows.map(({ change }) => change);
  // Nearly always all of them are new; having each of them told takes longer than storing it.
  if (inserted === rows.length) return changes;
  const found = await tx
    .selectFrom('scans')
    .select('change')
    .where('event_id', '=', rows[0]!.event_id)
    .where('change', 'in', changes)
    .execute();
  return found.map(({ change }) => change);
}

/** One array for each column: PostgreSQL reads a short statement, however many rows there are. */
async function insertColumns(tx: Tx, rows: NewScanRow[]): Promise<number> {
  const columns = NAMES.map((name) => rows.map((row) => row[name] ?? null));
  const arrays = NAMES.map((name, i) => `$${i + 1}::${COLUMNS[name]}[]`).join(', ');
  return run(tx, `${INTO} select * from unnest(${arrays}) on conflict do nothing`, columns);
}

/** Powers of two at a time, so that a few prepared statements do for any number. */
async function insertTuples(tx: Tx, rows: NewScanRow[]): Promise<number> {
  let inserted = 0;
  for (let rest = rows; rest.length > 0;) {
    const size = Math.min(AT_ONCE, 2 ** Math.floor(Math.log2(rest.length)));
    const values = rest.slice(0, size).flatMap((row) => NAMES.map((name) => row[name] ?? null));
    inserted += await run(tx, tuplesStatement(size), values);
    rest = rest.slice(size);
  }
  return inserted;
}

const statements = new Map<number, string>();

function tuplesStatement(size: number): string {
  const known = statements.get(size);
  if (known) return known;
  const tuple = `(${NAMES.map(() => '?').join(', ')})`;
  const tuples = Array<string>(size).fill(tuple).join(', ');
  const statement = `${INTO} values ${tuples} on conflict do nothing`;
  statements.set(size, statement);
  return statement;
}

/** @returns how many rows it has inserted */
async function run(tx: Tx, statement: string, values: unknown[]): Promise<number> {
  const { numAffectedRows } = await tx.executeQuery(CompiledQuery.raw(statement, values));
  return Number(numAffectedRows ?? 0);
}
