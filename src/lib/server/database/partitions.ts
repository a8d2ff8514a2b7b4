import { sql } from 'kysely';
import { SECOND } from '../../domain/time.ts';
import type { Database, Tx } from './open.ts';

export const FEWEST_PARTITIONS = 2;
/** With more, planning a query costs more than the smaller tables save. */
export const MOST_PARTITIONS = 256;

export type PartitionOutcome =
  | { kind: 'partitioned'; partitions: number; rows: number }
  /** It was done before. */
  | { kind: 'already'; partitions: number }
  /** Somebody held the table for too long; nothing was changed. */
  | { kind: 'busy' };

/** How long whoever reads or writes scans may hold this up; everybody who comes later waits behind it. */
const PATIENCE = 30 * SECOND;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Divides the log of scans, the one table that grows without bounds, by the hash of its events. It happens as a whole or
 * not at all, and counts only when every row is there again. Whoever reads or writes scans meanwhile waits.
 *
 * @param into - how many parts, from `FEWEST_PARTITIONS` to `MOST_PARTITIONS`
 * @param patience - for how long it waits for those who hold the table, in milliseconds
 * @throws when a row is missing, or something leans on the table that can't be carried over
 */
export async function partitionScans(
  db: Database,
  into: number,
  patience = PATIENCE,
): Promise<PartitionOutcome> {
  try {
    const outcome = await db.transaction().execute((tx) => divide(tx, into, patience));
    // So that the first queries know how much there is.
    if (outcome.kind === 'partitioned') await sql`analyze scans`.execute(db);
    return outcome;
  } catch (error) {
    if ((error as { code?: string }).code === LOCK_NOT_AVAILABLE) return { kind: 'busy' };
    throw error;
  }
}

async function divide(tx: Tx, into: number, patience: number): Promise<PartitionOutcome> {
  await sql`select set_config('lock_timeout', ${String(patience)}, true)`.execute(tx);
  await sql`lock table scans in access exclusive mode`.execute(tx);
  const partitions = await countPartitions(tx);
  if (partitions > 0) return { kind: 'already', partitions };

  const belongings = await belongingsOf(tx);
  await sql`alter table scans rename to scans_whole`.execute(tx);
  for (const { name } of belongings.indexes)
    await sql`alter index ${sql.id(name)} rename to ${sql.id(`${name}_whole`)}`.execute(tx);
  await sql`create table scans (like scans_whole including all excluding indexes)
    partition by hash (event_id)`.execute(tx);
  for (let part = 0; part < into; part++)
    await sql`create table ${sql.id(`scans_part_${part}`)} partition of scans
      for values with (modulus ${sql.lit(into)}, remainder ${sql.lit(part)})`.execute(tx);
  await sql`insert into scans select * from scans_whole`.execute(tx);
  // After the rows: an index that is built at once is smaller, and sooner done.
  for (const index of belongings.indexes) await sql.raw(definitionOf(index)).execute(tx);
  for (const { name, definition } of belongings.references)
    await sql`alter table scans add constraint ${sql.id(name)} ${sql.raw(definition)}`.execute(tx);

  const before = await sumOf(tx, 'scans_whole');
  const after = await sumOf(tx, 'scans');
  if (before.rows !== after.rows || before.sum !== after.sum)
    throw new Error('the parts do not hold what the whole held');
  await sql`drop table scans_whole`.execute(tx);
  return { kind: 'partitioned', partitions: into, rows: after.rows };
}

/** The parts of the tables that are divided: tables of their own to PostgreSQL, and none to anybody else. */
export async function partitionNames(db: Database | Tx): Promise<Set<string>> {
  const { rows } = await sql<{ name: string }>`select relname as name from pg_class
    where relispartition and relkind = 'r'`.execute(db);
  return new Set(rows.map(({ name }) => name));
}

async function countPartitions(tx: Tx): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from pg_inherits
    where inhparent = 'scans'::regclass`.execute(tx);
  return rows[0]!.count;
}

interface Index {
  name: string;
  definition: string;
  kind: 'primary' | 'constraint' | 'unique' | 'index';
  /** Null where it is of an expression. */
  columns: string[] | null;
  partial: boolean;
}

/** Whatever `like` leaves out. */
async function belongingsOf(
  tx: Tx,
): Promise<{ indexes: Index[]; references: { name: string; definition: string }[] }> {
  const { rows: indexes } =
    await sql<Index>`select i.relname as name, pg_get_indexdef(x.indexrelid) as definition,
      case when x.indisprimary then 'primary' when c.oid is not null then 'constraint'
        when x.indisunique then 'unique' else 'index' end as kind,
      case when 0 = any(x.indkey::int2[]) then null else
        (select array_agg(a.attname::text order by k.place) from unnest(x.indkey::int2[]) with ordinality k(number, place)
          join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.number) end as columns,
      x.indpred is not null as partial
    from pg_index x join pg_class i on i.oid = x.indexrelid
      left join pg_constraint c on c.conindid = x.indexrelid and c.conrelid = x.indrelid and c.contype in ('p', 'u')
    where x.indrelid = 'scans'::regclass order by i.relname`.execute(tx);
  const { rows: references } = await sql<{ name: string; definition: string }>`select conname as name,
      pg_get_constraintdef(oid) as definition
    from pg_constraint where conrelid = 'scans'::regclass and contype = 'f'`.execute(tx);
  return { indexes, references };
}

/** PostgreSQL wants the column that divides a table in each of its keys. */
function definitionOf({ name, definition, kind, columns, partial }: Index): string {
  if (kind === 'index') return definition;
  if (!columns || partial) throw new Error(`the index ${name} can't be divided`);
  const names = columns.includes('event_id') ? columns : [...columns, 'event_id'];
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const list = `(${names.map(quoted).join(', ')})`;
  if (kind === 'unique') return `create unique index ${quoted(name)} on scans ${list}`;
  return `alter table scans add constraint ${quoted(name)} ${kind === 'primary' ? 'primary key' : 'unique'} ${list}`;
}

/** How many rows a table holds, and the sum of their hashes, which no order changes. */
async function sumOf(tx: Tx, table: string): Promise<{ rows: number; sum: string }> {
  const { rows } = await sql<{ rows: number; sum: string }>`select count(*) as rows,
      coalesce(sum(hashtextextended(row::text, 0)), 0)::text as sum
    from ${sql.table(table)} as row`.execute(tx);
  return rows[0]!;
}
