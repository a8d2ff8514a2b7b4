import { CompiledQuery } from 'kysely';
import type { EventId } from '../../domain/ids.ts';
import { nextChange } from './change-numbers.ts';
import type { Tx } from './open.ts';
import type { NewScanRow } from './schema.ts';
import { isPostgres } from './store-kind.ts';

/** A scan whose number is given to it as it comes into the log. */
export type UnnumberedScan = Omit<NewScanRow, 'change'>;

/** Of every column but the number, what PostgreSQL calls its type. */
const COLUMNS: Record<keyof UnnumberedScan, 'text' | 'bigint'> = {
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
  signature: 'text',
  brought_by: 'text',
};
const NAMES = Object.keys(COLUMNS) as (keyof UnnumberedScan)[];
const INTO = `insert into scans (change, ${NAMES.join(', ')})`;

/** The most rows in one statement: a power of two, so that its values are fewer than SQLite's 32,766. */
const AT_ONCE = 1_024;

/**
 * Gives scans the next numbers of their event's feed, and appends them to the log; one whose id or place in its tablet's
 * sequence is taken is left out, and its number stays unused.
 *
 * @param rows - of one event, and at least one
 * @returns the last of the numbers, and those of the scans that are new in the log
 */
export async function appendScans(
  tx: Tx,
  rows: UnnumberedScan[],
): Promise<{ last: number; inserted: number[] }> {
  const eventId = rows[0]!.event_id;
  const { last, inserted } = isPostgres(tx)
    ? await appendColumns(tx, eventId, rows)
    : await appendTuples(tx, eventId, rows);
  return { last, inserted: await numbersInLog(tx, eventId, numbersUpTo(last, rows.length), inserted) };
}

const numbersUpTo = (last: number, count: number) =>
  Array.from({ length: count }, (_, i) => last - count + 1 + i);

/**
 * Appends scans to the log; one whose id or place in its tablet's sequence is taken is left out.
 *
 * @param rows - of one event, each with a change number that no other row has
 * @returns the change numbers of those that are new in the log
 */
export async function insertScans(tx: Tx, rows: NewScanRow[]): Promise<number[]> {
  const changes = rows.map(({ change }) => change);
  const insert = isPostgres(tx) ? insertColumns : insertTuples;
  return numbersInLog(tx, rows[0]!.event_id, changes, await insert(tx, rows, changes));
}

/** @param inserted - how many of these are new in the log */
async function numbersInLog(
  tx: Tx,
  eventId: EventId,
  changes: number[],
  inserted: number,
): Promise<number[]> {
  // Nearly always all of them are new; having each of them told takes longer than storing it.
  if (inserted === changes.length) return changes;
  const found = await tx
    .selectFrom('scans')
    .select('change')
    .where('event_id', '=', eventId)
    .where('change', 'in', changes)
    .execute();
  return found.map(({ change }) => change);
}

interface Appended {
  /** The last of the scans' numbers. */
  last: number;
  /** How many scans are new in the log. */
  inserted: number;
}

/** Numbers and appends in one statement: a small sync's time goes by how many there are. */
async function appendColumns(tx: Tx, eventId: EventId, rows: UnnumberedScan[]): Promise<Appended> {
  const { values, expressions, from } = columnsOf(rows);
  const count = `$${values.push(rows.length)}::bigint`;
  const numbered = `update events set change = change + ${count} where id = $${values.push(eventId)} returning change`;
  const appended = `${INTO} select numbered.change - ${count} + of_row.nr, ${expressions} from numbered, ${from}
    on conflict do nothing returning 1`;
  const { rows: answers } = await tx.executeQuery<Appended>(
    CompiledQuery.raw(
      `with numbered as (${numbered}), appended as (${appended})
       select change as last, (select count(*) from appended) as inserted from numbered`,
      values,
    ),
  );
  return answers[0]!;
}

async function insertColumns(tx: Tx, rows: UnnumberedScan[], changes: number[]): Promise<number> {
  const { values, expressions, from } = columnsOf(rows);
  const change = `($${values.push(changes)}::bigint[])[of_row.nr]`;
  return run(tx, `${INTO} select ${change}, ${expressions} from ${from} on conflict do nothing`, values);
}

/**
 * Rows as one array for each column, and as one value where it is the same in all of them, as most are: PostgreSQL
 * reads a short statement, however many rows there are.
 *
 * @returns the values of the columns in the order of `NAMES`, and the rows to select them from, with their number `nr`
 */
function columnsOf(rows: UnnumberedScan[]): { values: unknown[]; expressions: string; from: string } {
  const values: unknown[] = [];
  const arrays: string[] = [];
  const expressions = NAMES.map((name) => {
    const column = rows.map((row) => row[name] ?? null);
    // The ids are an array in any case: it says how many rows there are.
    const isSame = name !== 'id' && column.every((value) => value === column[0]);
    const value = `$${values.push(isSame ? column[0] : column)}::${COLUMNS[name]}`;
    return isSame ? value : `of_row.c${arrays.push(`${value}[]`)}`;
  });
  const aliases = arrays.map((_, i) => `c${i + 1}`).join(', ');
  return {
    values,
    expressions: expressions.join(', '),
    from: `unnest(${arrays.join(', ')}) with ordinality as of_row (${aliases}, nr)`,
  };
}

async function appendTuples(tx: Tx, eventId: EventId, rows: UnnumberedScan[]): Promise<Appended> {
  const last = await nextChange(tx, eventId, rows.length);
  return { last, inserted: await insertTuples(tx, rows, numbersUpTo(last, rows.length)) };
}

/** Powers of two at a time, so that a few prepared statements do for any number. */
async function insertTuples(tx: Tx, rows: UnnumberedScan[], changes: number[]): Promise<number> {
  let inserted = 0;
  for (let at = 0; at < rows.length;) {
    const end = at + Math.min(AT_ONCE, 2 ** Math.floor(Math.log2(rows.length - at)));
    const values: unknown[] = [];
    for (let i = at; i < end; i += 1) {
      values.push(changes[i]);
      for (const name of NAMES) values.push(rows[i]![name] ?? null);
    }
    inserted += await run(tx, tuplesStatement(end - at), values);
    at = end;
  }
  return inserted;
}

const statements = new Map<number, string>();

function tuplesStatement(size: number): string {
  const known = statements.get(size);
  if (known) return known;
  const tuple = `(?, ${NAMES.map(() => '?').join(', ')})`;
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
