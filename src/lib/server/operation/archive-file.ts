import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { Damaged } from './damaged.ts';
import { isSealed, openStream, sealStream } from './sealed-stream.ts';

/**
 * Writes a file that is either whole or not there: under another name first, forced to disk, then renamed. Only its
 * owner may read it.
 *
 * @throws when the disk refuses; nothing is left then
 */
export async function writeArchiveFile(
  file: string,
  plain: AsyncIterable<Uint8Array>,
  passphrase: string | null,
): Promise<void> {
  const unfinished = `${file}.unfinished`;
  await rm(unfinished, { force: true });
  try {
    await pipeline(
      Readable.from(plain, { objectMode: false }),
      createGzip({ level: 6 }),
      async function* (zipped: AsyncIterable<Uint8Array>) {
        yield* passphrase === null ? zipped : sealStream(zipped, passphrase);
      },
      createWriteStream(unfinished, { mode: 0o600, flags: 'wx', flush: true }),
    );
    await rename(unfinished, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Makes sure that a file's name is on disk as well as its content. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function needsPassphrase(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(32), 0, 32, 0);
    return isSealed(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** Reads an archive's file, unpacked. @throws {Damaged} when it can't be unpacked; an error of the disk as it is */
export async function* readArchiveFile(file: string, passphrase: string | null): AsyncGenerator<Buffer> {
  const stream = createReadStream(file);
  const packed = passphrase === null ? stream : Readable.from(openStream(stream, passphrase));
  const unpacked = createGunzip();
  const flow = pipeline(packed, unpacked);
  flow.catch(() => undefined);
  try {
    for await (const chunk of unpacked) yield chunk as Buffer;
    await flow;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z_')) throw new Damaged(code === 'Z_BUF_ERROR' ? 'cut off' : 'altered');
    throw error;
  } finally {
    stream.destroy();
  }
}
