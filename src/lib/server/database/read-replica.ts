import {
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import type { Logger } from 'pino';
import { SECOND, type Clock, type Millis } from '../../domain/time.ts';
import { within } from '../operate/within.ts';
import { storeTroubleOf } from '../store-trouble.ts';
import type { Database } from './open.ts';
import { postgresDialect, type PostgresAddress } from './postgres.ts';
import type { Schema } from './schema.ts';

/**
 * `used`: it answers, and is not far behind. Otherwise the primary is asked: `away`, it can't be reached; `behind`, by
 * more than `MOST_BEHIND`; `other_database`, it is no standby of this installation's database.
 */
export type ReplicaState = 'used' | 'away' | 'behind' | 'other_database';

/** How far behind it may be, in milliseconds. */
const MOST_BEHIND = 10 * SECOND;
const CHECK_EVERY = 5 * SECOND;
/** For how long it may keep a check, or a new connection, waiting; after that the primary is asked. */
const PATIENCE = 3 * SECOND;

interface Mark {
  at: Millis;
  /** How far the primary's log reached then, in bytes. */
  position: bigint;
}

/**
 * A standby of the database, for what may be a moment old. It is looked at every few seconds; a query that it can't
 * answer, for whatever reason, is put to the primary, so that nobody notices.
 */
export class ReadReplica {
  /** Only for reading, a query at a time. Two of them may be answered from two different moments. */
  readonly db: Database;
  state: ReplicaState = 'away';
  /** How far behind it was when it was last looked at, in milliseconds; null where that is not known. */
  lag: number | null = null;

  private readonly primary: Database;
  private readonly standby: Database;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly timer: NodeJS.Timeout;
  /** The latest last; none that is older than it takes to be too far behind, but one. */
  private marks: Mark[] = [];
  private told: ReplicaState = 'used';

  private constructor(address: PostgresAddress, { db, clock, log }: Around) {
    this.primary = db;
    this.standby = new Kysely<Schema>({ dialect: postgresDialect({ ...address, patience: PATIENCE }) });
    this.clock = clock;
    this.log = log;
    this.db = new Kysely<Schema>({ dialect: new ReadingDialect((query) => this.ask(query)) });
    this.timer = setInterval(() => void this.check(), CHECK_EVERY);
    this.timer.unref();
  }

  /** Begins to use it, as soon as it can be used: it keeps no process from starting. */
  static async open(address: PostgresAddress, around: Around): Promise<ReadReplica> {
    const replica = new ReadReplica(address, around);
    await replica.check();
    return replica;
  }

  /** Looks whether it may be used. */
  async check(): Promise<void> {
    try {
      await within(PATIENCE, this.look());
    } catch {
      // A primary that is away has nothing to do with it; whoever asks next hears of that.
      this.become('away', null);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.standby.destroy();
  }

  private async look(): Promise<void> {
    const { rows: ours } = await sql<{ id: string; position: string }>`select database_id as id,
      pg_current_wal_flush_lsn()::text as position from installation`.execute(this.primary);
    this.mark(bytesOf(ours[0]!.position));
    const { rows: theirs } = await sql<{ id: string; position: string | null }>`select database_id as id,
      pg_last_wal_replay_lsn()::text as position from installation`.execute(this.standby);
    const [its] = theirs;
    // Without a position it is no standby: nobody would notice that it stands still.
    if (its?.id !== ours[0]!.id || its.position === null) return this.become('other_database', null);
    const replayed = bytesOf(its.position);
    const missing = this.marks.find(({ position }) => position > replayed);
    const lag = missing ? Math.max(0, this.clock() - missing.at) : 0;
    this.become(lag > MOST_BEHIND ? 'behind' : 'used', lag);
  }

  private mark(position: bigint): void {
    const last = this.marks.at(-1);
    if (last?.position !== position) this.marks.push({ at: this.clock(), position });
    const old = this.clock() - 2 * MOST_BEHIND;
    while (this.marks.length > 1 && this.marks[1]!.at < old) this.marks.shift();
  }

  private async ask<Row>(query: CompiledQuery<Row>): Promise<QueryResult<Row>> {
    if (this.state !== 'used') return this.primary.executeQuery(query);
    try {
      return await this.standby.executeQuery(query);
    } catch (error) {
      // It may also lack what an update has just added; the primary answers then, until it has caught up.
      if (storeTroubleOf(error)) this.become('away', null);
      return this.primary.executeQuery(query);
    }
  }

  private become(state: ReplicaState, lag: number | null): void {
    this.state = state;
    this.lag = lag;
    if (state === this.told) return;
    if (state === 'used') this.log.info('the read replica is used again');
    else this.log.warn({ replica: state }, 'the read replica is not used; the primary answers in its place');
    this.told = state;
  }
}

interface Around {
  /** The primary. */
  db: Database;
  clock: Clock;
  log: Logger;
}

/** A position in PostgreSQL's log: two hexadecimal numbers, of which the first counts 4 GB. */
function bytesOf(position: string): bigint {
  const [high, low] = position.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

type Ask = <Row>(query: CompiledQuery<Row>) => Promise<QueryResult<Row>>;

/** Compiles queries as for PostgreSQL, and has somebody else answer them. */
class ReadingDialect implements Dialect {
  private readonly ask: Ask;

  constructor(ask: Ask) {
    this.ask = ask;
  }

  createDriver(): Driver {
    return new ReadingDriver(this.ask);
  }
  createQueryCompiler = () => new PostgresQueryCompiler();
  createAdapter = () => new PostgresAdapter();
  createIntrospector = (db: Kysely<never>) => new PostgresIntrospector(db);
}

class ReadingDriver implements Driver {
  private readonly connection: DatabaseConnection;

  constructor(ask: Ask) {
    this.connection = {
      executeQuery: (query) => ask(query as CompiledQuery<never>),
      streamQuery: () => {
        throw new Error('nothing is streamed from a read replica');
      },
    };
  }

  init = () => Promise.resolve();
  acquireConnection = () => Promise.resolve(this.connection);
  releaseConnection = () => Promise.resolve();
  destroy = () => Promise.resolve();
  beginTransaction = refuseTransaction;
  commitTransaction = refuseTransaction;
  rollbackTransaction = refuseTransaction;
}

/** Whoever wants one needs what is true now. */
const refuseTransaction = () => Promise.reject(new Error('there are no transactions on a read replica'));
