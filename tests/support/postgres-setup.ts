import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/lib/server/database/open.ts';
import { partitionScans } from '../../src/lib/server/database/partitions.ts';
import { millis } from '../../src/lib/domain/time.ts';
import { administer, databaseUrl } from './postgres-databases.ts';
import { startPostgres } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of a PostgreSQL for the tests, whose database `template` each test's is a copy of. */
    postgres: { url: string; template: string };
  }
}

/**
 * Starts the one PostgreSQL of a run, or takes that of `EINLASS_TEST_DATABASE_URL`, and makes what tests copy: with its
 * scans in as many parts as `EINLASS_TEST_PARTITIONS` says.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.EINLASS_TEST_DATABASE_URL;
  const server = given ? { url: given, stop: () => Promise.resolve() } : await startPostgres();
  const template = `einlass_template_${crypto.randomUUID().replaceAll('-', '')}`;
  await administer(server.url, `create database ${template}`);
  const url = databaseUrl(server.url, template);
  const db = await openDatabase({ url, connections: 1 }, () => millis(Date.now()));
  // Each copy is an installation of its own.
  await db.deleteFrom('installation').execute();
  const parts = Number(project.config.env.EINLASS_TEST_PARTITIONS ?? 0);
  if (parts > 0) await partitionScans(db, parts);
  await db.destroy();
  project.provide('postgres', { url: server.url, template });
  return async () => {
    await administer(server.url, `drop database ${template} with (force)`);
    await server.stop();
  };
}
