import type { Readable } from 'node:stream';
import { ReadableStream as NodeStream } from 'node:stream/web';
import { setImmediate } from 'node:timers/promises';

/** Lets whoever waits have their turn. */
export const giveWay = (): Promise<void> => setImmediate();

/**
 * The bytes of a document as they come. It is drawn meanwhile, and ended when all is drawn; when nobody reads any more,
 * drawing goes on to its end and is thrown away. Not by `Readable.toWeb`: let go of before the first byte came, that
 * throws where nobody can catch it, and ends the process (seen with Node 24.21).
 */
export function whileRead(doc: PDFKit.PDFDocument, draw: () => Promise<void>): ReadableStream<Uint8Array> {
  const bytes = doc as unknown as Readable;
  // A reader learns of it by the stream; without one it is nobody's.
  bytes.on('error', () => undefined);
  draw().then(
    () => doc.end(),
    (error: unknown) => bytes.destroy(error as Error),
  );
  return NodeStream.from<Uint8Array>(bytes);
}
