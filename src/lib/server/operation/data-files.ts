import { existsSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Secrets } from '../secrets.ts';
import type { ArchiveFile } from './archive.ts';

/** What an installation needs of its data folder beside its tables. */
const FILES = ['secret', 'operator.json'] as const;

export function readDataFiles(dataFolder: string): ArchiveFile[] {
  return FILES.flatMap((file) => {
    const path = join(dataFolder, file);
    return existsSync(path) ? [{ file, content: readFileSync(path, 'utf8') }] : [];
  });
}

/** Writes a file that was not there, for its owner alone, and forces it to disk. */
export async function writeDataFile(dataFolder: string, { file, content }: ArchiveFile): Promise<void> {
  const handle = await open(join(dataFolder, file), 'wx', 0o600);
  try {
    await handle.writeFile(content, 'utf8');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** By which two secrets are known to be the same, without telling what they are. */
export function secretProof(secrets: Secrets): string {
  return secrets.proof('backup', new TextEncoder().encode('einlass backup')).toString('hex');
}

/**
 * The installation's secret: the environment's, or the one in its file.
 *
 * @returns null where there is neither; none is made
 */
export function presentSecrets(dataFolder: string, fromEnvironment: string | undefined): Secrets | null {
  const file = join(dataFolder, 'secret');
  return fromEnvironment || existsSync(file) ? Secrets.load(fromEnvironment, file) : null;
}
