import { sql, type Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Tx } from '../database/open.ts';
import { migrations } from '../database/migrations/index.ts';
import type { TableFigures } from './archive.ts';
import { storedTables, type StoredTable } from './snapshot.ts';
import type { Store } from './store.ts';
import type { Cell, Cells } from './tables.ts';

/** Whether this version knows everything that a database of this migration holds. */
export const knowsMigration = (migration: string): boolean => Object.hasOwn(migrations, migration);

/** Brings a store's tables to a migration, or to the newest. @throws when one fails */
export async function migrate(store: Store, to?: string): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve(migrations) };
  const migrator = new Migrator({ db: store.db, provider });
  const { error } = to === undefined ? await migrator.migrateToLatest() : await migrator.migrateTo(to);
  if (error) throw new Error('the tables could not be made', { cause: error });
}

/** Takes in rows, table by table, and says at the end what is not as it was. */
export class Loader {
  private readonly store: Store;
  private readonly tx: Tx;
  private readonly tables: Map<string, StoredTable>;

  private constructor(store: Store, tx: Tx, tables: StoredTable[]) {
    this.store = store;
    this.tx = tx;
    this.tables = new Map(tables.map((table) => [table.table, table]));
  }

  static async begin(store: Store, tx: Tx): Promise<Loader> {
    return new Loader(store, tx, await storedTables(tx));
  }

  /** @throws when the store has no such table or column */
  async insert(table: string, columns: string[], rows: Cells[]): Promise<void> {
    const known = this.tables.get(table);
    if (!known || columns.some((column) => !known.types.has(column)))
      throw new Error(`the database has another form: ${table}`);
    const dynamic = this.tx as unknown as Kysely<Record<string, Record<string, unknown>>>;
    const types = columns.map((column) => known.types.get(column)!);
    // SQLite takes no more than 32,766 values in one statement, PostgreSQL 65,535.
    const atOnce = Math.max(1, Math.floor(16_000 / columns.length));
    for (let from = 0; from < rows.length; from += atOnce) {
      const values = rows
        .slice(from, from + atOnce)
        .map((cells) =>
          Object.fromEntries(columns.map((column, i) => [column, valueOf(cells[i]!, types[i]!)])),
        );
      await dynamic.insertInto(table).values(values).execute();
    }
  }

  /** Rows that point to others which are not there, where the store does not see to it by itself. */
  async countDangling(): Promise<number> {
    if (this.store.kind !== 'sqlite') return 0;
    const { rows } = await sql`pragma foreign_key_check`.execute(this.tx);
    return rows.length;
  }
}

/** The tables whose rows are not those that were wanted. */
export function differing(wanted: readonly TableFigures[], found: readonly TableFigures[]): string[] {
  const byName = new Map(found.map((figures) => [figures.table, figures]));
  return wanted
    .filter(({ table, rows, sum }) => {
      const other = byName.get(table);
      return other?.rows !== rows || other.sum !== sum;
    })
    .map(({ table }) => table);
}

function valueOf(cell: Cell, type: string): unknown {
  return type === 'bool' && cell !== null ? cell !== 0 : cell;
}
