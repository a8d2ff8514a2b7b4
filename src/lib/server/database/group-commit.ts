import { sql } from 'kysely';
import type { Database, Tx } from './open.ts';
import { isPostgres } from './store-kind.ts';

/** The most pieces of work that share a transaction: the first of them waits for the last. */
const MOST_TOGETHER = 64;

/** Short transactions of which many come at the same time. */
export interface Commits {
  run<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
}

/** Whatever lets the store take the most of them: PostgreSQL writes many transactions to the disk at once by itself. */
export function commitsOf(db: Database): Commits {
  return isPostgres(db) ? { run: (work) => db.transaction().execute(work) } : new GroupCommit(db);
}

interface Piece {
  /** Does the work, and keeps its result until the commit. @returns what tells whoever waits */
  attempt: (tx: Tx) => Promise<() => void>;
  fail: (error: unknown) => void;
}

/**
 * Lets short pieces of work that come at the same time share one transaction, and with it one write to the disk, which
 * is what takes a scan's time: whatever comes while one group is written is the next group. Each has a savepoint, so one
 * that fails takes back its own changes alone. Nobody is told of success before the disk has it.
 *
 * For a store with one writer.
 */
export class GroupCommit implements Commits {
  private readonly db: Database;
  private waiting: Piece[] = [];
  private writing = false;

  constructor(db: Database) {
    this.db = db;
  }

  /** @throws what the work throws, or the commit's own error: then nothing of the group is there */
  run<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.waiting.push({
        attempt: async (tx) => {
          const result = await work(tx);
          return () => resolve(result);
        },
        fail: reject,
      });
      if (!this.writing) void this.writeAll();
    });
  }

  private async writeAll(): Promise<void> {
    this.writing = true;
    while (this.waiting.length > 0) {
      await othersToo();
      await this.writeTogether(this.waiting.splice(0, MOST_TOGETHER));
    }
    this.writing = false;
  }

  private async writeTogether(group: Piece[]): Promise<void> {
    try {
      const done = await this.db.transaction().execute(async (tx) => {
        const succeeded: (() => void)[] = [];
        for (const piece of group) {
          const tell = group.length === 1 ? await piece.attempt(tx) : await attemptAlone(tx, piece);
          if (tell) succeeded.push(tell);
        }
        return succeeded;
      });
      for (const tell of done) tell();
    } catch (error) {
      for (const { fail } of group) fail(error);
    }
  }
}

/**
 * The store answers without giving the loop of events a turn: whoever has sent something meanwhile is heard only now.
 */
const othersToo = () => new Promise<void>((resolve) => setImmediate(resolve));

/** @returns null when the piece has failed and was told so; the others' changes stay */
async function attemptAlone(tx: Tx, piece: Piece): Promise<(() => void) | null> {
  await sql`savepoint piece`.execute(tx);
  try {
    const tell = await piece.attempt(tx);
    await sql`release savepoint piece`.execute(tx);
    return tell;
  } catch (error) {
    try {
      await sql`rollback to savepoint piece`.execute(tx);
      await sql`release savepoint piece`.execute(tx);
    } catch {
      // With a full disk SQLite has rolled back the whole of the transaction by itself: so nobody's changes are there.
      throw error;
    }
    piece.fail(error);
    return null;
  }
}
