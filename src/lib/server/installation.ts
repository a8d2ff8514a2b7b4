import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../domain/time.ts';
import { commitsOf, type Commits } from './database/group-commit.ts';
import type { PostgresAddress } from './database/postgres.ts';
import { ReadReplica } from './database/read-replica.ts';
import { openDatabase, type Database, type Store } from './database/open.ts';
import { EventStates } from './event-states.ts';
import { FORM_LIMITS, type FormLimits } from './form-limits.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { News } from './news.ts';
import { NewsRelay } from './news-relay.ts';
import { Metrics } from './operate/metrics.ts';
import type { Operator } from './operator.ts';
import { checkSecret } from './secret-check.ts';
import { Secrets } from './secrets.ts';
import { Shutdown } from './shutdown.ts';

/** Everything the server's functions work with; made once at the start, handed in everywhere. */
export interface Installation {
  db: Database;
  /** What may be a moment old is read from here: from a standby, where there is one. */
  reading: Database;
  /** That standby; null where there is none. */
  replica: ReadReplica | null;
  /** Transactions of tablets that sync at the same time. */
  commits: Commits;
  clock: Clock;
  secrets: Secrets;
  /** Tells live pages and tablets that an event has changed. */
  news: News;
  /** Each watched event, folded. */
  states: EventStates;
  log: Logger;
  /** What this process counts of what it does. */
  metrics: Metrics;
  /** How far the end of the process has come. */
  shutdown: Shutdown;
  /** The address that people use, such as `https://einlass.guetersloh.de`. */
  origin: string;
  formLimits: FormLimits;
  /** Who runs the installation, as far as they have said. */
  operator: Operator;
  /** Whether mails are sent; otherwise they wait, and the office shows them. */
  sendsMail: boolean;
  /** By whom organisers can sign in beside the password; null where there is none. */
  provider: IdentityProvider | null;
  /** Whether who signs in by a password must have a second factor. */
  secondFactorRequired: boolean;
  /** Whether webhooks may reach the local network. */
  privateWebhooks: boolean;
  /** Has something closed before the database is: what was added last first. */
  beforeClose(close: () => Promise<void>): void;
  /** The build of the app that runs; empty where that doesn't matter. */
  build: string;
  /** Closes what is open; live streams first. */
  close(): Promise<void>;
}

export interface InstallationOptions {
  /** The folder that holds all state. */
  dataFolder: string;
  /** Where the data is kept; by default an SQLite file in the folder. */
  database?: Store | undefined;
  /** A standby of that database. */
  readDatabase?: PostgresAddress | undefined;
  clock: Clock;
  log: Logger;
  /** The text of EINLASS_SECRET, when it is set. */
  secret?: string | undefined;
  origin: string;
  /** By default `FORM_LIMITS`. */
  formLimits?: FormLimits;
  operator?: Operator;
  sendsMail?: boolean;
  secondFactorRequired?: boolean;
  privateWebhooks?: boolean;
  build?: string;
  provider?: IdentityProvider | null;
}

/**
 * Opens the installation in its folder, or makes it there.
 *
 * @throws when the database can't be opened or migrated, or belongs to another secret
 */
export async function openInstallation(options: InstallationOptions): Promise<Installation> {
  const { dataFolder, clock, log } = options;
  const secrets = Secrets.load(options.secret, join(dataFolder, 'secret'));
  const store = options.database ?? { file: join(dataFolder, 'einlass.sqlite') };
  const db = await openDatabase(store, clock);
  try {
    await checkSecret(db, secrets);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const metrics = new Metrics();
  const news = new News();
  const replica = options.readDatabase
    ? await ReadReplica.open(options.readDatabase, { db, clock, log })
    : null;
  if (replica) metrics.watchReplica(replica);
  // Only a PostgreSQL can have other processes at it.
  const relay = 'url' in store ? new NewsRelay({ url: store.url, db, news, log }) : null;
  const closing: (() => Promise<void>)[] = [];
  return {
    db,
    reading: replica?.db ?? db,
    replica,
    commits: commitsOf(db),
    clock,
    secrets,
    news,
    states: new EventStates(db),
    log,
    metrics,
    shutdown: new Shutdown(),
    origin: options.origin,
    formLimits: options.formLimits ?? FORM_LIMITS,
    operator: options.operator ?? {},
    sendsMail: options.sendsMail ?? false,
    secondFactorRequired: options.secondFactorRequired ?? false,
    privateWebhooks: options.privateWebhooks ?? false,
    build: options.build ?? '',
    provider: options.provider ?? null,
    beforeClose: (close) => void closing.unshift(close),
    async close() {
      news.close();
      for (const close of closing) await close();
      await relay?.close();
      await replica?.close();
      await db.destroy();
    },
  };
}
