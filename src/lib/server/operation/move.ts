import { sql } from 'kysely';
import type { TableFigures } from './archive.ts';
import { fillEmpty, isEmpty } from './empty-postgres.ts';
import { differing, knowsMigration, Loader, migrate } from './load.ts';
import { sumTables, withSnapshot, type Snapshot } from './snapshot.ts';
import type { Store } from './store.ts';
import type { Cells } from './tables.ts';

export type MoveOutcome =
  { kind: 'moved'; tables: TableFigures[] } | { kind: 'not_empty' } | { kind: 'other_version' };

const ROWS_AT_ONCE = 500;

/**
 * Copies an installation into an empty PostgreSQL, as it is at one moment, and compares every table before it counts.
 * It stays the same installation: tablets read on where they were. The source is left as it is.
 *
 * @throws when a database refuses, or something is not as it was; the target is then empty, and one can begin anew
 */
export async function move(source: Store, target: Store): Promise<MoveOutcome> {
  if (!(await isEmpty(target))) return { kind: 'not_empty' };
  return withSnapshot(source, async (snapshot): Promise<MoveOutcome> => {
    if (!knowsMigration(snapshot.migration)) return { kind: 'other_version' };
    const tables = await sumTables(snapshot);
    await fillEmpty(target, async () => {
      await migrate(target, snapshot.migration);
      await copy(snapshot, target);
      const differ = differing(tables, await withSnapshot(target, sumTables));
      if (differ.length > 0) throw new Error(`not written as read: ${differ.join(', ')}`);
      await migrate(target);
      // So that the first queries know how much there is.
      await sql`analyze`.execute(target.db);
    });
    return { kind: 'moved', tables };
  });
}

async function copy(snapshot: Snapshot, target: Store): Promise<void> {
  await target.db.transaction().execute(async (tx) => {
    const loader = await Loader.begin(target, tx);
    for (const table of snapshot.tables) {
      let waiting: Cells[] = [];
      const flush = async () => {
        if (waiting.length > 0) await loader.insert(table.table, table.columns, waiting);
        waiting = [];
      };
      for await (const cells of snapshot.rows(table)) {
        waiting.push(cells);
        if (waiting.length >= ROWS_AT_ONCE) await flush();
      }
      await flush();
    }
  });
}
