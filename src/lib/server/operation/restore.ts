import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { v4 } from 'uuid';
import type { Clock, Millis } from '../../domain/time.ts';
import { writeAct } from '../acts.ts';
import type { Tx } from '../database/open.ts';
import { sameText, Secrets } from '../secrets.ts';
import { readArchive, type ArchiveFile, type ArchiveHead, type TableFigures } from './archive.ts';
import { needsPassphrase, readArchiveFile, syncFolder } from './archive-file.ts';
import { Damaged } from './damaged.ts';
import { presentSecrets, secretProof, writeDataFile } from './data-files.ts';
import { fillEmpty, isEmpty } from './empty-postgres.ts';
import { differing, knowsMigration, Loader, migrate } from './load.ts';
import { sumTables, withSnapshot } from './snapshot.ts';
import { sqliteFile, storeInFile, type Store } from './store.ts';

export interface RestoreOptions {
  file: string;
  passphrase: string | null;
  dataFolder: string;
  /** Where the tables go; null: to a file in the folder. */
  postgres?: Store | null;
  /** The text of EINLASS_SECRET, when it is set. */
  secret: string | undefined;
  clock: Clock;
}

export type RestoreOutcome =
  | { kind: 'restored'; takenAt: Millis; tables: TableFigures[] }
  | { kind: 'damaged'; why: string }
  | { kind: 'no_file' | 'not_empty' | 'needs_passphrase' | 'not_sealed' | 'newer' }
  /** The backup holds no secret, or another one than is here. */
  | { kind: 'no_secret' | 'other_secret' };

interface Contents {
  head: ArchiveHead;
  files: ArchiveFile[];
  tables: TableFigures[];
}

/**
 * Makes an installation of a backup, where there is none. The whole file is read and checked before anything is
 * written, and what was written is compared with it before it counts.
 *
 * The database gets a new id, by which every tablet notices that it may know more: it reads everything anew, and hands
 * in all of its scans again.
 *
 * @throws when the disk or the database refuses; everything is then as it was before
 */
export async function restore(options: RestoreOptions): Promise<RestoreOutcome> {
  const { file, passphrase, dataFolder } = options;
  if (!existsSync(file)) return { kind: 'no_file' };
  const sealed = await needsPassphrase(file);
  if (sealed && passphrase === null) return { kind: 'needs_passphrase' };
  if (!sealed && passphrase !== null) return { kind: 'not_sealed' };
  const { postgres } = options;
  if (postgres ? !(await isEmpty(postgres)) : existsSync(sqliteFile(dataFolder)))
    return { kind: 'not_empty' };
  let contents;
  try {
    contents = await readContents(file, passphrase);
  } catch (error) {
    if (error instanceof Damaged) return { kind: 'damaged', why: error.message };
    throw error;
  }
  if (!knowsMigration(contents.head.migration)) return { kind: 'newer' };
  const secret = judgeSecret(options, contents);
  if (secret !== 'right') return { kind: secret };
  if (postgres) await restorePostgres(postgres, options, contents);
  else await restoreFile(options, contents);
  return { kind: 'restored', takenAt: contents.head.takenAt as Millis, tables: contents.tables };
}

async function readContents(file: string, passphrase: string | null): Promise<Contents> {
  let head: ArchiveHead | null = null;
  const files: ArchiveFile[] = [];
  const tables: TableFigures[] = [];
  await readArchive(readArchiveFile(file, passphrase), {
    head: (read) => void (head = read),
    file: (read) => void files.push(read),
    table: (read) => void tables.push(read),
  });
  return { head: head!, files, tables };
}

/** Without the secret that they were written with, sealed keys can't be opened, and no ticket's page. */
function judgeSecret(
  { dataFolder, secret }: RestoreOptions,
  { head, files }: Contents,
): 'right' | 'no_secret' | 'other_secret' {
  const here = presentSecrets(dataFolder, secret);
  if (here) return sameText(secretProof(here), head.secretProof) ? 'right' : 'other_secret';
  const inArchive = files.find(({ file }) => file === 'secret');
  if (!inArchive) return 'no_secret';
  const brought = new Secrets(Buffer.from(inArchive.content.trim(), 'utf8'));
  return sameText(secretProof(brought), head.secretProof) ? 'right' : 'other_secret';
}

/** Builds the database beside its place, and puts it there when it is whole. */
async function restoreFile(options: RestoreOptions, contents: Contents): Promise<void> {
  const { dataFolder } = options;
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const place = sqliteFile(dataFolder);
  const unfinished = `${place}.unfinished`;
  await removeDatabase(unfinished);
  const written: string[] = [];
  try {
    await (await open(unfinished, 'wx', 0o600)).close();
    const store = storeInFile(unfinished);
    try {
      await fill(store, options, contents);
      await sql`pragma wal_checkpoint(truncate)`.execute(store.db);
    } finally {
      await store.close();
    }
    await syncFile(unfinished);
    await writeMissingFiles(options, contents, written);
    await rename(unfinished, place);
    await syncFolder(dataFolder);
  } catch (error) {
    await removeDatabase(unfinished);
    for (const one of written) await rm(one, { force: true });
    throw error;
  }
}

async function restorePostgres(store: Store, options: RestoreOptions, contents: Contents): Promise<void> {
  await mkdir(options.dataFolder, { recursive: true, mode: 0o700 });
  const written: string[] = [];
  try {
    await fillEmpty(store, async () => {
      await fill(store, options, contents);
      await writeMissingFiles(options, contents, written);
    });
  } catch (error) {
    for (const one of written) await rm(one, { force: true });
    throw error;
  }
}

/** @param written - is told of each, so that it can be taken away again */
async function writeMissingFiles(
  { dataFolder, secret }: RestoreOptions,
  { files }: Contents,
  written: string[],
): Promise<void> {
  for (const one of files) {
    const path = join(dataFolder, one.file);
    if (existsSync(path) || (one.file === 'secret' && secret)) continue;
    written.push(path);
    await writeDataFile(dataFolder, one);
  }
}

/** Makes the tables as they were, fills them, and brings them up to date. */
async function fill(
  store: Store,
  { file, passphrase, clock }: Pick<RestoreOptions, 'file' | 'passphrase' | 'clock'>,
  { head, tables }: Contents,
): Promise<void> {
  await migrate(store, head.migration);
  await store.db.transaction().execute(async (tx) => {
    const loader = await Loader.begin(store, tx);
    await readArchive(readArchiveFile(file, passphrase), {
      head: () => undefined,
      rows: (table, columns, rows) => loader.insert(table, columns, rows),
    });
    if ((await loader.countDangling()) > 0) throw new Error('rows point to others which are not there');
  });
  const differ = differing(tables, await withSnapshot(store, sumTables));
  if (differ.length > 0) throw new Error(`not written as read: ${differ.join(', ')}`);
  await migrate(store);
  await store.db.transaction().execute((tx) => beginAnew(tx, clock, head));
}

/** What must not be as it was: tablets may know more, and whoever was signed out since must not be signed in again. */
async function beginAnew(tx: Tx, clock: Clock, head: ArchiveHead): Promise<void> {
  // The proof of the secret is one for the id of before; the first start makes a new one.
  await tx.updateTable('installation').set({ database_id: v4(), secret_proof: null }).execute();
  for (const table of ['sessions', 'verifications', 'attempts', 'setup_links', 'account_resets'] as const)
    await tx.deleteFrom(table).execute();
  const details = { takenAt: head.takenAt };
  await writeAct({ clock }, tx, { eventId: null, by: null, kind: 'backup_restored', details });
}

async function removeDatabase(file: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(file + suffix, { force: true });
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
