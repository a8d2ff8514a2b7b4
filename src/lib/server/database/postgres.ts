import {
  ColumnDefinitionNode,
  PostgresDialect,
  PostgresQueryCompiler,
  type DataTypeNode,
  type PostgresPool,
} from 'kysely';
import pg from 'pg';
import { MINUTE, SECOND } from '../../domain/time.ts';

export interface PostgresAddress {
  /** `postgres://user:password@host:port/database`, with `?sslmode=…` where that is wanted. */
  url: string;
  /** How many connections this process opens at the most. */
  connections: number;
  /** How long it may take to get a connection, in milliseconds; by default half a minute. */
  patience?: number;
}

/** `pg` through a pool, as Kysely's PostgreSQL dialect wants it, and as like SQLite as the queries need it. */
export function postgresDialect(address: PostgresAddress): PostgresDialect {
  return new EinlassDialect({ pool: () => Promise.resolve(openPool(address) as unknown as PostgresPool) });
}

function openPool({ url, connections, patience = 30 * SECOND }: PostgresAddress): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    Client: DiscreetClient,
    types: { getTypeParser: parserOf },
    application_name: 'einlass',
    keepAlive: true,
    // Also how long a query waits for a free connection.
    connectionTimeoutMillis: patience,
    // A process that hangs within a transaction must not hold up an event for ever.
    idle_in_transaction_session_timeout: MINUTE,
  });
  // A connection that is lost while nobody uses it is replaced; whoever asks next hears of it where it matters.
  pool.on('error', () => undefined);
  return pool;
}

/**
 * Why no connection came about, for the operator: without the address, which holds the password.
 */
export async function explainUnreachable({ url }: PostgresAddress): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10 * SECOND });
  // Without a listener, an error that comes later would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return null;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return message || (code ?? 'nobody answers');
  }
}

class EinlassDialect extends PostgresDialect {
  override createQueryCompiler(): PostgresQueryCompiler {
    return new EinlassCompiler();
  }
}

/**
 * The migrations name SQLite's types. Whatever SQLite's `integer` and `real` hold, a column here holds too; and texts
 * are sorted and compared by their bytes, as SQLite and JavaScript do, whatever the database's own language is.
 */
class EinlassCompiler extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    const { dataType } = node;
    if (dataType === 'integer') this.append('bigint');
    else if (dataType === 'real') this.append('double precision');
    else super.visitDataType(node);
    if (dataType === 'text' && this.parentNode && ColumnDefinitionNode.is(this.parentNode))
      this.append(' collate "C"');
  }
}

const BIGINT = 20;
const NUMERIC = 1700;

/** 64-bit integers, and sums of them, arrive as text; here they are numbers. */
function parserOf(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (format !== 'binary' && (oid === BIGINT || oid === NUMERIC)) return exactNumber;
  return pg.types.getTypeParser(oid, format ?? 'text') as (text: string) => unknown;
}

/** @throws when it is further from zero than whole numbers are exact */
export function exactNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && !Number.isSafeInteger(number))
    throw new RangeError('a number in the database is too large to be exact');
  return number;
}

/** PostgreSQL's errors quote the values that they are about: these must not get into a log. */
class DiscreetClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // A connection may also be lost between two queries of a transaction; unheard, that would end the process. The
    // next query tells of it.
    this.on('error', () => undefined);
  }

  override query: pg.Client['query'] = ((...args: Parameters<pg.Client['query']>) => {
    const answer: unknown = super.query(...args);
    return answer instanceof Promise ? answer.catch(throwDiscreetly) : answer;
  }) as pg.Client['query'];
}

/** Errors about values that don't fit their type say so with the value, in the message itself. */
const DATA_EXCEPTION = /^22/;

function throwDiscreetly(error: unknown): never {
  if (error instanceof pg.DatabaseError) {
    delete error.detail;
    delete error.where;
    delete error.internalQuery;
    if (DATA_EXCEPTION.test(error.code ?? '')) {
      error.message = `a value does not fit (SQLSTATE ${error.code})`;
      delete error.stack;
    }
  }
  throw error;
}
