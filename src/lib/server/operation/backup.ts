import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Millis } from '../../domain/time.ts';
import { writeArchive, type TableFigures } from './archive.ts';
import { writeArchiveFile } from './archive-file.ts';
import { presentSecrets, readDataFiles, secretProof } from './data-files.ts';
import { withSnapshot } from './snapshot.ts';
import type { Store } from './store.ts';

export interface BackupOptions {
  store: Store;
  dataFolder: string;
  /** The text of EINLASS_SECRET, when it is set. */
  secret: string | undefined;
  /** Where it is written; nothing may be there. */
  file: string;
  /** Null: whoever has the file can read it. */
  passphrase: string | null;
  now: Millis;
}

export type BackupOutcome =
  | { kind: 'written'; tables: TableFigures[]; bytes: number; holdsSecret: boolean }
  | { kind: 'file_exists' }
  | { kind: 'no_secret' };

/**
 * Writes everything that an installation needs to one file, as it is at one moment; the server goes on meanwhile.
 *
 * @throws when the disk or the database refuses; no file is left then
 */
export async function backUp(options: BackupOptions): Promise<BackupOutcome> {
  const { store, dataFolder, secret, file, passphrase, now } = options;
  if (existsSync(file)) return { kind: 'file_exists' };
  const secrets = presentSecrets(dataFolder, secret);
  if (!secrets) return { kind: 'no_secret' };
  // Where the environment has the secret, whoever runs the server keeps it.
  const files = readDataFiles(dataFolder).filter((one) => one.file !== 'secret' || !secret);
  const figures: TableFigures[] = [];
  await withSnapshot(store, async (snapshot) => {
    const source = {
      head: { migration: snapshot.migration, takenAt: now, secretProof: secretProof(secrets) },
      files,
      tables: snapshot.tables.map((table) => ({ ...table, rows: snapshot.rows(table) })),
    };
    const lines = writeArchive(source, (table) => void figures.push(table));
    await writeArchiveFile(file, lines, passphrase);
  });
  const { size } = await stat(file);
  return { kind: 'written', tables: figures, bytes: size, holdsSecret: !secret };
}
