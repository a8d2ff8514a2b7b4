import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type TransactionSettings,
  type SqliteDatabase,
  type SqliteStatement,
} from 'kysely';

/** How many prepared statements are kept; the queries of the hot paths are far fewer. */
const STATEMENTS_KEPT = 200;

/**
 * Node's own SQLite as Kysely's SQLite dialect wants it. `synchronous=FULL`: what was answered survives a power cut.
 * The statements are kept, because preparing one costs more than running it.
 */
export function sqliteDialect(file: string): SqliteDialect {
  return new EinlassDialect(file);
}

class EinlassDialect extends SqliteDialect {
  private readonly file: string;

  constructor(file: string) {
    super({ database: () => Promise.resolve(openSqlite(file)) });
    this.file = file;
  }

  override createDriver(): SqliteDriver {
    return new EinlassDriver({ database: () => Promise.resolve(openSqlite(this.file)) });
  }

  override createAdapter(): SqliteAdapter {
    return new EinlassAdapter();
  }
}

/** A transaction writes sooner or later; having waited for its turn at once, it can't find later that others wrote. */
class EinlassDriver extends SqliteDriver {
  override async beginTransaction(
    connection: DatabaseConnection,
    { accessMode }: TransactionSettings = {},
  ): Promise<void> {
    // Whoever only reads keeps nobody from writing.
    const begin = accessMode === 'read only' ? 'begin' : 'begin immediate';
    await connection.executeQuery(CompiledQuery.raw(begin));
  }
}

/** A migration happens as a whole or not at all, and of two processes that want to migrate one waits. */
class EinlassAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function openSqlite(file: string): SqliteDatabase {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 5_000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;');
  // What is erased is overwritten, not only left out.
  database.exec('PRAGMA secure_delete = ON');
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      // When its disk is full or fails, SQLite rolls back by itself; asked to do so again it would tell of that instead.
      if (sql === 'rollback' && !database.isTransaction) return NOTHING;
      const known = statements.get(sql);
      if (known) return known;
      const statement = adapt(database.prepare(sql));
      if (statements.size >= STATEMENTS_KEPT) statements.delete(statements.keys().next().value!);
      statements.set(sql, statement);
      return statement;
    },
  };
}

const NOTHING: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};

function adapt(statement: StatementSync): SqliteStatement {
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  };
}
