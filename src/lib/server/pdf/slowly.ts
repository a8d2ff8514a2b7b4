import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

/** Lets whoever waits have their turn. */
export const giveWay = (): Promise<void> => setImmediate();

/**
 * The bytes of a document as they come. It is drawn meanwhile, and ended when all is drawn; when nobody reads any more,
 * drawing goes on to its end and is thrown away.
 */
export function whileRead(doc: PDFKit.PDFDocument, draw: () => Promise<void>): ReadableStream<Uint8Array> {
  draw().then(
    () => doc.end(),
    (error: unknown) => (doc as unknown as Readable).destroy(error as Error),
  );
  return Readable.toWeb(doc) as ReadableStream<Uint8Array>;
}
