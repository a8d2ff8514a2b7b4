import { isAPIError } from 'better-auth/api';
import { SECOND } from '../domain/time.ts';
import type { Installation } from './installation.ts';

/**
 * Why the store can't do now what it can do otherwise. `away`: it can't be reached, is starting, busy, or its disk
 * fails; `full`: its disk is. Nothing that was asked for is promised then, and asking again later is right.
 */
export type StoreTrouble = 'away' | 'full';

/** How long a client should wait before it asks again, in seconds. */
export const RETRY_AFTER = 10;

/** SQLite's primary result codes; the extended ones hold them in their last byte. */
const SQLITE: Record<number, StoreTrouble> = {
  5: 'away', // SQLITE_BUSY
  6: 'away', // SQLITE_LOCKED
  10: 'away', // SQLITE_IOERR
  13: 'full', // SQLITE_FULL
  14: 'away', // SQLITE_CANTOPEN
};

/** PostgreSQL's SQLSTATEs: whole classes by their first two characters, others by all five. */
const POSTGRES: Record<string, StoreTrouble> = {
  '08': 'away', // the connection
  '57P': 'away', // shut down, crashed, or starting
  '40001': 'away', // two transactions that could not both happen
  '40P01': 'away', // a deadlock
  '53100': 'full',
  '53': 'away', // memory, connections
  '55P03': 'away', // a lock that was not to be had
  '57014': 'away', // a query that took too long
  '25P03': 'away', // a transaction that lay idle too long
  '25006': 'away', // a server that only reads: the role has just moved to another
  '58': 'away', // its machine
};

/** What the network's errors are called when a connection to a database does not come about, or ends. */
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** `pg` gives no code to a connection that ended under it, or that did not come about in time. */
const ENDED_CONNECTION =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after)/;

/** What an error says about the store; null where it says nothing about it, and is a bug. */
export function storeTroubleOf(error: unknown): StoreTrouble | null {
  if (error instanceof AggregateError && error.errors.length > 0)
    return storeTroubleOf(error.errors[0]) ?? troubleOfCause(error);
  if (!(error instanceof Error)) return null;
  // What better-auth could not read or write it tells as an error of its own, and keeps the reason to itself.
  if (isAPIError(error)) return error.statusCode >= 500 ? 'away' : null;
  const { code, errcode } = error as Error & { code?: unknown; errcode?: unknown };
  if (code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number') return SQLITE[errcode & 0xff] ?? null;
  if (typeof code === 'string') {
    if (NETWORK.has(code)) return 'away';
    const known = POSTGRES[code] ?? POSTGRES[code.slice(0, 3)] ?? POSTGRES[code.slice(0, 2)];
    if (/^[0-9A-Z]{5}$/.test(code) && known) return known;
  }
  return ENDED_CONNECTION.test(error.message) ? 'away' : troubleOfCause(error);
}

const troubleOfCause = ({ cause }: Error) => (cause === undefined ? null : storeTroubleOf(cause));

/** While the store is in trouble every request finds that out; one line in so many milliseconds says it. */
const SAID_EVERY = 10 * SECOND;
const said = new WeakMap<Installation, Partial<Record<StoreTrouble, number>>>();

/** Tells the log that the store is in trouble, but not for every request anew. */
export function noteStoreTrouble(installation: Installation, trouble: StoreTrouble, err: unknown): void {
  const last = said.get(installation) ?? {};
  const now = installation.clock();
  if (last[trouble] !== undefined && now - last[trouble] < SAID_EVERY) return;
  said.set(installation, { ...last, [trouble]: now });
  installation.log.error({ err, trouble }, 'the store is in trouble; requests are answered with 503');
}
