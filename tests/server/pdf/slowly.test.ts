import PDFDocument from 'pdfkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { giveWay, whileRead } from '../../../src/lib/server/pdf/slowly.ts';

/** What would have ended the server's process. */
const uncaught: unknown[] = [];
const note = (error: unknown): void => void uncaught.push(error);
beforeEach(() => {
  uncaught.length = 0;
  process.on('uncaughtException', note);
});
afterEach(() => void process.off('uncaughtException', note));

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await giveWay();
};

/** Pages that come one by one. */
function drawn(pages: number) {
  const doc = new PDFDocument({ autoFirstPage: false });
  let done = 0;
  const stream = whileRead(doc, async () => {
    for (; done < pages; done += 1) {
      doc.addPage().text(`Seite ${done}`);
      await giveWay();
    }
  });
  return { stream, pages: () => done };
}

describe('a document that is sent while it is drawn', () => {
  test('comes whole', async () => {
    const bytes = Buffer.from(await new Response(drawn(20).stream).arrayBuffer());
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(bytes.toString('latin1').trimEnd().endsWith('%%EOF')).toBe(true);
  });

  test.each([0, 1, 2, 3, 5, 8])('may be let go of after %i turns, and is drawn to its end', async (count) => {
    const { stream, pages } = drawn(20);
    await turns(count);
    await stream.cancel();
    await turns(100);
    expect(pages()).toBe(20);
    expect(uncaught).toEqual([]);
  });

  test.each([1, 2, 3, 5, 8])('may be let go of when %i pieces are read', async (count) => {
    const { stream, pages } = drawn(20);
    const reader = stream.getReader();
    for (let i = 0; i < count; i += 1) await reader.read();
    await reader.cancel();
    await turns(100);
    expect(pages()).toBe(20);
    expect(uncaught).toEqual([]);
  });

  test('breaks off when it can’t be drawn', async () => {
    const doc = new PDFDocument();
    const stream = whileRead(doc, () => Promise.reject(new Error('no such font')));
    await expect(new Response(stream).arrayBuffer()).rejects.toThrow();
    expect(uncaught).toEqual([]);
  });

  test('ends nothing else when it can’t be drawn and nobody reads it', async () => {
    const doc = new PDFDocument();
    const stream = whileRead(doc, async () => {
      await turns(2);
      throw new Error('no such font');
    });
    await stream.cancel();
    await turns(20);
    expect(uncaught).toEqual([]);
  });
});
