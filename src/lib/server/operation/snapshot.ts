import { CompiledQuery, sql, type Kysely } from 'kysely';
import type { Database, Tx } from '../database/open.ts';
import { partitionNames } from '../database/partitions.ts';
import { isPostgres } from '../database/store-kind.ts';
import type { Store } from './store.ts';
import { FIRST_WHERE_NULL, TABLES, TableSum, type Cell, type Cells } from './tables.ts';
import type { TableFigures } from './archive.ts';

/** A table of the store as it is, whatever version of Einlass has made it. */
export interface StoredTable {
  table: string;
  columns: string[];
  /** Of each column, as the store calls it. */
  types: Map<string, string>;
}

/** Everything in a store as it was at one moment. Whoever writes need not wait for it. */
export interface Snapshot {
  tx: Tx;
  /** The newest migration that the tables have seen. */
  migration: string;
  tables: StoredTable[];
  rows(table: StoredTable): AsyncIterable<Cells>;
}

/** @throws when a table is there that this version doesn't know: nothing may be left out unseen */
export async function withSnapshot<Result>(
  store: Store,
  work: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  const { db, kind } = store;
  // SQLite's transactions see one moment as they are.
  const transaction =
    kind === 'sqlite'
      ? db.transaction().setAccessMode('read only')
      : db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return transaction.execute(async (tx) => {
    // Begins the reading, and with it the moment.
    const migration = await newestMigration(tx);
    const tables = await storedTables(tx);
    return work({ tx, migration, tables, rows: (table) => readRows(store, tx, table) });
  });
}

/** The tables of the installation in the order of `TABLES`. */
export async function storedTables(db: Database | Tx): Promise<StoredTable[]> {
  const parts = isPostgres(db) ? await partitionNames(db) : new Set<string>();
  const found = (await db.introspection.getTables()).filter(
    ({ name, isView }) => !isView && !parts.has(name),
  );
  const unknown = found.find(({ name }) => !(TABLES as readonly string[]).includes(name));
  if (unknown) throw new Error(`the database has a table that this version does not know: ${unknown.name}`);
  const byName = new Map(found.map((table) => [table.name, table]));
  return TABLES.flatMap((name) => {
    const table = byName.get(name);
    if (!table) return [];
    const columns = table.columns.map((column) => column.name);
    return [{ table: name, columns, types: new Map(table.columns.map((c) => [c.name, c.dataType])) }];
  });
}

/** @returns an empty text where there has been none */
export async function newestMigration(db: Tx): Promise<string> {
  const { rows } = await sql<{ name: string | null }>`select max(name) as name from kysely_migration`.execute(
    db,
  );
  return rows[0]?.name ?? '';
}

/** How many rows are fetched at once where the store hands them on in lots. */
const AT_ONCE = 500;

/** Hands on a table's rows one by one, of which only a few are in memory. */
async function* readRows(
  store: Store,
  tx: Tx,
  { table, columns, types }: StoredTable,
): AsyncGenerator<Cells> {
  const pointer = FIRST_WHERE_NULL[table];
  const dynamic = tx as unknown as Kysely<Record<string, Record<string, unknown>>>;
  let query = dynamic.selectFrom(table).select(columns);
  if (pointer) query = query.orderBy((eb) => eb.case().when(pointer, 'is', null).then(0).else(1).end());
  const rows = store.kind === 'sqlite' ? query.stream(AT_ONCE) : fetchRows(tx, query);
  const kinds = columns.map((column) => types.get(column) ?? '');
  for await (const row of rows) yield columns.map((column, i) => cellOf(row[column], kinds[i]!));
}

type Row = Record<string, unknown>;

/** PostgreSQL hands on rows in lots by a cursor, within the transaction. */
async function* fetchRows(tx: Tx, query: { compile(): CompiledQuery<Row> }): AsyncGenerator<Row> {
  const { sql: text, parameters } = query.compile();
  await tx.executeQuery(
    CompiledQuery.raw(`declare snapshot_rows no scroll cursor for ${text}`, [...parameters]),
  );
  for (;;) {
    const { rows } = await tx.executeQuery<Row>(CompiledQuery.raw(`fetch ${AT_ONCE} from snapshot_rows`));
    yield* rows;
    if (rows.length < AT_ONCE) break;
  }
  await tx.executeQuery(CompiledQuery.raw('close snapshot_rows'));
}

/** A value of the database in the form that every store understands. */
function cellOf(value: unknown, type: string): Cell {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return type === 'int8' ? Number(value) : value;
  if (typeof value === 'number') return value;
  throw new Error(`a value of type ${typeof value}, which no backup can hold`);
}

/** What each table holds, summed up. */
export async function sumTables(snapshot: Snapshot): Promise<TableFigures[]> {
  const figures: TableFigures[] = [];
  for (const table of snapshot.tables) {
    const sum = new TableSum();
    for await (const cells of snapshot.rows(table)) sum.add(table.columns, cells);
    figures.push({ table: table.table, rows: sum.rows, sum: sum.hex });
  }
  return figures;
}
