import PDFDocument from 'pdfkit';
import { intlTag, type Locale } from '../../i18n/index.ts';
import { allFaces } from './fonts.ts';

/** Opens a document without a page, tagged after PDF/UA-1 (ISO 14289-1), as far as pdfkit goes. */
export function openDocument(locale: Locale, title: string, author: string): PDFKit.PDFDocument {
  const doc = new PDFDocument({
    autoFirstPage: false,
    // Not even named, for none of its letters are used: an embedded font is.
    font: null as unknown as string,
    pdfVersion: '1.7',
    // Missing in the types.
    subset: 'PDF/UA' as 'PDF/A-1',
    tagged: true,
    lang: intlTag(locale),
    displayTitle: true,
    info: { Title: title, Author: author, Creator: 'Einlass' },
  });
  // It takes opened fonts too, of which its types don't know.
  for (const { name, font } of allFaces()) doc.registerFont(name, font as unknown as string);
  return doc;
}

/** Everything that a document consists of, once it has been ended. */
export async function collect(doc: PDFKit.PDFDocument): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of doc as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
