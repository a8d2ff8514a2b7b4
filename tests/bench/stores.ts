import pg from 'pg';
import { startPostgres } from '../support/postgres-server.ts';
import { administer, databaseUrl } from '../support/postgres-databases.ts';
import type { Row } from './report.ts';

export interface BenchStore {
  name: 'SQLite' | 'PostgreSQL';
  /** Makes an empty PostgreSQL database; its address, or undefined where the store is a file in the data folder. */
  create(): Promise<string | undefined>;
}

/**
 * Measures the same on both stores, each as durable as an operator would have it.
 *
 * @param work - measures it on one
 */
export async function onBothStores(work: (store: BenchStore) => Promise<Row[]>): Promise<Row[]> {
  const rows = await work({ name: 'SQLite', create: () => Promise.resolve(undefined) });
  const postgres = await startPostgres({ durable: true });
  version = await readVersion(postgres.url);
  let made = 0;
  try {
    rows.push(
      ...(await work({
        name: 'PostgreSQL',
        async create() {
          const database = `bench_${(made += 1)}`;
          await administer(postgres.url, `create database ${database}`);
          return databaseUrl(postgres.url, database);
        },
      })),
    );
  } finally {
    await postgres.stop();
  }
  return rows;
}

let version: string | null = null;

/** Of the PostgreSQL that was measured; null when none was. */
export const postgresVersion = (): string | null => version;

async function readVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  await client.end();
  return rows[0]!.server_version;
}
