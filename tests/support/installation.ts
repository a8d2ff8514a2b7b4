import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { inject } from 'vitest';
import { millis, type Millis } from '../../src/lib/domain/time.ts';
import type { Store } from '../../src/lib/server/database/open.ts';
import {
  openInstallation,
  type Installation,
  type InstallationOptions,
} from '../../src/lib/server/installation.ts';
import { administer, databaseUrl } from './postgres-databases.ts';

export interface TestInstallation {
  installation: Installation;
  dataFolder: string;
  database: Store;
  /** A second server process on the same data; whoever opens it closes it. */
  openAgain(options?: Partial<InstallationOptions>): Promise<Installation>;
  /** Closes the installation and removes its folder. */
  dispose(): Promise<void>;
}

/** Whether this run's tests are played on PostgreSQL; else each has an SQLite file. */
export const ON_POSTGRES = process.env.EINLASS_TEST_STORE === 'postgres';

/** A real installation in a folder of its own, with a database of its own. */
export async function testInstallation(
  clock: () => Millis = () => millis(Date.now()),
  options: Partial<InstallationOptions> = {},
): Promise<TestInstallation> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'einlass-test-'));
  const log = pino({ level: 'silent' });
  const origin = 'http://localhost:3000';
  const { database, drop } = ON_POSTGRES ? await copyTemplate() : sqliteIn(dataFolder);
  const open = async (more: Partial<InstallationOptions>) => {
    const opened = await openInstallation({ dataFolder, database, clock, log, origin, ...options, ...more });
    if (ON_POSTGRES) await listening(opened);
    return opened;
  };
  const installation = await open({});
  return {
    installation,
    dataFolder,
    database,
    openAgain: (more = {}) => open(more),
    async dispose() {
      await installation.close();
      await drop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** What is told when it begins to listen to the other processes would come in the middle of a test. */
function listening({ news }: Installation): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = news.subscribeToAll(() => {
      unsubscribe();
      resolve();
    });
  });
}

function sqliteIn(folder: string): { database: Store; drop: () => Promise<void> } {
  return { database: { file: join(folder, 'einlass.sqlite') }, drop: () => Promise.resolve() };
}

async function copyTemplate(): Promise<{ database: Store; drop: () => Promise<void> }> {
  const { url, template } = inject('postgres');
  const name = `einlass_test_${crypto.randomUUID().replaceAll('-', '')}`;
  await administer(url, `create database ${name} template ${template}`);
  return {
    database: { url: databaseUrl(url, name), connections: 8 },
    drop: () => administer(url, `drop database ${name} with (force)`),
  };
}
