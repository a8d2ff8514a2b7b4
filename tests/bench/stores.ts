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
