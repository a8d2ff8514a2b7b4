import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  Kysely,
  sql,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
} from 'kysely';
import { millis } from '../../src/lib/domain/time.ts';
import { commitsOf } from '../../src/lib/server/database/group-commit.ts';
import { openDatabase } from '../../src/lib/server/database/open.ts';
import type { Schema } from '../../src/lib/server/database/schema.ts';
import { EventStates } from '../../src/lib/server/event-states.ts';
import { FORM_LIMITS } from '../../src/lib/server/form-limits.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { News } from '../../src/lib/server/news.ts';
import { Metrics } from '../../src/lib/server/operate/metrics.ts';
import { Shutdown } from '../../src/lib/server/shutdown.ts';
import { Secrets } from '../../src/lib/server/secrets.ts';
import { POST as pair } from '../../src/routes/api/door/v1/pair/+server.ts';
import { POST as sync } from '../../src/routes/api/door/v1/sync/+server.ts';
import { Killed, Process } from './scheduler.ts';
import type { World } from './world.ts';

type Endpoint = (event: never) => Response | Promise<Response>;
const ENDPOINTS: Record<string, Endpoint> = { '/api/door/v1/pair': pair, '/api/door/v1/sync': sync };

export interface HttpRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
  address: string;
}
export interface HttpAnswer {
  status: number;
  body: string;
}

/** The statements that make an empty, migrated database. */
let template: string[] | null = null;

/** Runs the real migrations once; each day begins with a copy. */
export async function makeTemplate(): Promise<void> {
  const db = await openDatabase({ file: ':memory:' }, () => millis(0));
  const { rows } = await sql<{ sql: string; name: string }>`
    select sql, name from sqlite_master where sql is not null and name not like 'sqlite_%'
    order by case type when 'table' then 0 else 1 end, rowid`.execute(db);
  template = rows.map((row) => row.sql);
  await db.destroy();
}

/** What a full disk refuses. */
const WRITES = /^\s*(insert|update|delete|commit)/i;
class DiskFull extends Error {
  override readonly name = 'DiskFull';
}

/**
 * The server: the real endpoints and functions over SQLite. Every statement is a step of its own, between two of which
 * the server may be killed; what was committed by then outlives it.
 */
export class Server {
  readonly database = new DatabaseSync(':memory:', { enableForeignKeyConstraints: true });
  private readonly statements = new Map<string, { statement: StatementSync; reads: boolean }>();
  private readonly world: World;
  private readonly pending = new Set<(error: Error) => void>();
  private readonly open = new Set<(answer: HttpAnswer | null) => void>();
  process!: Process;
  installation!: Installation;
  full = false;
  /** Something of an event has changed. */
  onNews: () => void = () => undefined;
  /** It was killed. */
  onGone: () => void = () => undefined;

  constructor(world: World) {
    this.world = world;
    this.database.exec(template!.join(';'));
    this.database
      .prepare('insert into installation (database_id, created_at) values (?, ?)')
      .run('00000000-0000-4000-8000-000000000000', world.now);
    this.start();
  }

  get running(): boolean {
    return this.process.alive;
  }

  start(): void {
    const process = new Process('server', () => this.world.now);
    process.onKilled = () => this.afterKill();
    this.process = process;
    const db = new Kysely<Schema>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => this.driver(process),
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    });
    const complain = (about: { err?: Error }, words?: string) => this.broken(about.err, words ?? '');
    const log = { error: complain, warn: () => undefined, info: () => undefined, debug: () => undefined };
    this.installation = {
      db,
      reading: db,
      replica: null,
      commits: commitsOf(db),
      clock: () => millis(Math.floor(this.world.now)),
      secrets: new Secrets(Buffer.alloc(32, 7)),
      metrics: new Metrics(),
      shutdown: new Shutdown(),
      news: new News(),
      states: new EventStates(db),
      log: log as never,
      origin: 'http://einlass.test',
      formLimits: FORM_LIMITS,
      operator: {},
      sendsMail: false,
      provider: null,
      secondFactorRequired: false,
      privateWebhooks: false,
      beforeClose: () => undefined,
      build: 'simulation',
      close: async () => undefined,
    };
    this.installation.news.subscribeToAll(() => this.onNews());
  }

  /** Carries a request to its endpoint. @param reply - null when the connection breaks */
  receive(request: HttpRequest, reply: (answer: HttpAnswer | null) => void): void {
    const { process, world } = this;
    if (!process.alive) return reply(null);
    const done = (answer: HttpAnswer | null) => {
      if (this.open.delete(done)) reply(answer);
    };
    this.open.add(done);
    world.scheduler.post(process, () => {
      void this.answer(request).then(done, (error: Error) => {
        if (error instanceof Killed) return;
        if (!(error instanceof DiskFull)) this.broken(error, `at ${request.path}`);
        done({ status: 500, body: '{"message":"Internal Error"}' });
      });
    });
  }

  /** Does something that the office asks for. What is thrown for a server that is killed or full comes as null. */
  act<Result>(what: string, work: (installation: Installation) => Promise<Result>): Promise<Result | null> {
    return new Promise((resolve) => {
      const { process, world } = this;
      if (!process.alive) return resolve(null);
      const gone = () => resolve(null);
      this.pending.add(gone);
      world.scheduler.post(process, () => {
        work(this.installation)
          .then(resolve, (error: Error) => {
            if (!(error instanceof Killed) && !(error instanceof DiskFull)) this.broken(error, `at ${what}`);
            resolve(null);
          })
          .finally(() => this.pending.delete(gone));
      });
    });
  }

  /** What is in the database for good, read past everything that runs. */
  rows<Row>(query: string, ...values: SQLInputValue[]): Row[] {
    return this.prepare(query).statement.all(...values) as Row[];
  }

  get inTransaction(): boolean {
    return this.database.isTransaction;
  }

  private async answer({ path, headers, body, address }: HttpRequest): Promise<HttpAnswer> {
    const url = new URL(path, 'http://einlass.test');
    const request = new Request(url, { method: 'POST', headers, body });
    const event = {
      request,
      url,
      locals: { installation: this.installation },
      getClientAddress: () => address,
    };
    const response = await ENDPOINTS[path]!(event as never);
    return { status: response.status, body: await response.text() };
  }

  private broken(error: Error | undefined, words: string): void {
    this.world.violate('broken', `the server, ${words}: ${error?.stack ?? String(error)}`);
  }

  private afterKill(): void {
    if (this.database.isTransaction) this.database.exec('rollback');
    for (const fail of [...this.pending]) fail(new Killed());
    this.pending.clear();
    for (const reply of [...this.open]) reply(null);
    this.onGone();
  }

  private prepare(text: string): { statement: StatementSync; reads: boolean } {
    let known = this.statements.get(text);
    if (!known) {
      const statement = this.database.prepare(text);
      known = { statement, reads: statement.columns().length > 0 };
      this.statements.set(text, known);
    }
    return known;
  }

  private driver(process: Process): Driver {
    const execute = (text: string, parameters: readonly unknown[]): Promise<QueryResult<never>> =>
      new Promise((resolve, reject) => {
        if (!process.alive) return reject(new Killed());
        this.pending.add(reject);
        this.world.scheduler.postNext(process, () => {
          this.pending.delete(reject);
          try {
            if (this.full && WRITES.test(text)) throw new DiskFull('database or disk is full');
            const { statement, reads } = this.prepare(text);
            const values = parameters as SQLInputValue[];
            if (reads) return resolve({ rows: statement.all(...values) as never[] });
            const { changes } = statement.run(...values);
            resolve({ numAffectedRows: BigInt(changes), rows: [] });
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
      });
    const connection: DatabaseConnection = {
      executeQuery: ({ sql, parameters }: CompiledQuery) => execute(sql, parameters),
      streamQuery: () => {
        throw new Error('nothing at the door streams');
      },
    };
    return {
      init: async () => undefined,
      acquireConnection: async () => connection,
      beginTransaction: async () => void (await execute('begin', [])),
      commitTransaction: async () => void (await execute('commit', [])),
      rollbackTransaction: async () => void (await execute('rollback', [])),
      releaseConnection: async () => undefined,
      destroy: async () => undefined,
    };
  }
}
