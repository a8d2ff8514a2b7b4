import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PDFiumLibrary, type PDFiumDocument } from '@hyzyla/pdfium';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { NO_NEEDS } from '../../../src/lib/domain/access-needs.ts';
import type { EventId, WorkgroupId } from '../../../src/lib/domain/ids.ts';
import { NAME_LENGTH } from '../../../src/lib/domain/wire.ts';
import { locales, type Locale } from '../../../src/lib/i18n/index.ts';
import { demoEvent } from '../../../src/lib/server/demo-event.ts';
import { createEvent } from '../../../src/lib/server/events.ts';
import { registerByForm } from '../../../src/lib/server/form-registration.ts';
import { renderTicketPdf, type PaperTicket } from '../../../src/lib/server/pdf/ticket-pdf.ts';
import { readTicketContent } from '../../../src/lib/server/ticket-content.ts';
import { ticketAddress } from '../../../src/lib/server/tickets.ts';
import { millis } from '../../../src/lib/domain/time.ts';
import { testInstallation, type TestInstallation } from '../../support/installation.ts';

const NOW = millis(Date.UTC(2022, 10, 8));
const POINTS_PER_INCH = 72;

let opened: TestInstallation;
let eventId: EventId;
let pdfium: PDFiumLibrary;

beforeAll(async () => {
  // By itself, the decoder would fetch its WebAssembly from the network.
  const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const wasmBinary = new Uint8Array(readFileSync(file)).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  pdfium = await PDFiumLibrary.init();
  opened = await testInstallation(() => NOW);
  eventId = await createEvent(opened.installation, demoEvent(NOW));
});
afterAll(async () => {
  pdfium.destroy();
  await opened.dispose();
});

/** The ticket of somebody who has registered for workgroup 2, unless told otherwise. */
async function ticketOf(name: string, locale: Locale = 'de', workgroup = 'w2'): Promise<PaperTicket> {
  const { installation } = opened;
  const outcome = await registerByForm(installation, eventId, {
    submissionId: crypto.randomUUID(),
    names: [name],
    email: null,
    affiliation: null,
    workgroupId: workgroup as WorkgroupId,
    secondChoiceId: null,
    needs: NO_NEEDS,
    locale,
    whenFull: 'waiting_list',
  });
  if (outcome.kind !== 'registered') throw new Error(outcome.kind);
  const content = (await readTicketContent(installation.db, outcome.registrationId))!;
  return { ...content, address: ticketAddress(installation, outcome.registrationId, locale) };
}

async function withPages<T>(pdf: Buffer, see: (document: PDFiumDocument) => Promise<T>): Promise<T> {
  const document = await pdfium.loadDocument(pdf);
  try {
    return await see(document);
  } finally {
    document.destroy();
  }
}

/** What the pages say, each with single spaces. */
const textsOf = (pdf: Buffer): Promise<string[]> =>
  withPages(pdf, async (document) =>
    [...document.pages()].map((page) => page.getText().normalize('NFKC').replace(/\s+/g, ' ')),
  );

/** The first page as a printer would put it on paper. */
const paint = (pdf: Buffer, dotsPerInch: number): Promise<ImageData> =>
  withPages(pdf, async (document) => {
    const scale = dotsPerInch / POINTS_PER_INCH;
    const { data, width, height } = await document.getPage(0).render({ scale, render: 'bitmap' });
    return { data: new Uint8ClampedArray(data), width, height, colorSpace: 'srgb' };
  });

describe('a printed ticket', () => {
  test.each<[Locale, string]>([
    ['de', 'Dr. Anna-Lena Schäfer-Wüstefeld'],
    ['ar', 'فاطمة الزهراء عبد الرحمن'],
  ])('has a code that is read at 150 dots per inch, in black alone (%s)', async (locale, name) => {
    const ticket = await ticketOf(name, locale);
    const image = await paint(await renderTicketPdf([ticket]), 150);
    const [found] = await readBarcodes(image, { formats: ['QRCode'] });
    expect(found).toMatchObject({ text: ticket.ticketText, ecLevel: 'M' });
    const { topLeft, topRight } = found!.position;
    expect(Math.abs(topRight.x - topLeft.x)).toBeGreaterThan((45 / 25.4) * 150);
    for (let at = 0; at < image.data.length; at += 4) {
      const [red, green, blue] = image.data.subarray(at, at + 3);
      if (red !== green || green !== blue) throw new Error('the page has a colour');
    }
  });

  test('says who, what, when, where, and how to change it', async () => {
    const ticket = await ticketOf('Dr. Anna-Lena Schäfer-Wüstefeld');
    const [text] = await textsOf(await renderTicketPdf([ticket]));
    for (const part of [
      'Dr. Anna-Lena Schäfer-Wüstefeld',
      'Bildung und Ausbildung, Qualifizierung und Arbeitsmarkt',
      'Raum 2',
      'Freitag, 18. November 2022',
      '16:00 bis 19:00 Uhr',
      'Stadthalle Gütersloh',
      'Frank Mertens',
      '05241 / 822442',
      ticket.ticketNumber!,
    ])
      expect(text).toContain(part);
    expect(text!.replace(/ /g, '')).toContain(ticket.address);
  });

  test('is read aloud in the order of its language, also in Arabic', async () => {
    const pdf = await renderTicketPdf([await ticketOf('فاطمة عبد الرحمن', 'ar')]);
    // A backslash stands before some bytes of a string.
    const source = pdf.toString('latin1').replaceAll('\\', '');
    const asText = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('latin1');
    expect(source).toContain(asText('فاطمة عبد الرحمن'));
    expect(source).toContain(asText('من الساعة 16:00 حتى الساعة 19:00'));
  });

  test.each(locales)('is one page of A4 in %s, and small enough for a mail', async (locale) => {
    const pdf = await renderTicketPdf([await ticketOf('Şükrü Иванов', locale, 'w3')]);
    expect(pdf.length).toBeLessThan(200_000);
    await withPages(pdf, async (document) => {
      expect(document.getPageCount()).toBe(1);
      const { originalWidth, originalHeight } = document.getPage(0).getOriginalSize();
      expect([originalWidth, originalHeight].map(Math.round)).toEqual([595, 842]);
    });
  });

  test('is tagged, and names its language and title', async () => {
    const source = (await renderTicketPdf([await ticketOf('Anna', 'tr')])).toString('latin1');
    for (const part of [
      '/StructTreeRoot',
      '/Marked true',
      '/Lang (tr)',
      '/DisplayDocTitle true',
      '<pdfuaid:part>1</pdfuaid:part>',
      '/S /H1',
      '/S /Figure',
      '/Alt',
    ])
      expect(source).toContain(part);
    expect(source).not.toContain('Helvetica');
  });

  test('has a page for each person, in the language of each', async () => {
    const pdf = await renderTicketPdf([await ticketOf('Jörg Müller'), await ticketOf('Ivan', 'en')]);
    const texts = await textsOf(pdf);
    expect(texts).toHaveLength(2);
    expect(texts[0]).toContain('Jörg Müller');
    expect(texts[0]).toContain('Arbeitsgruppe');
    expect(texts[1]).toContain('Ivan');
    expect(texts[1]).toContain('Workgroup');
  });
});

describe('a name', () => {
  const byHand = 'Bitte schreiben Sie Ihren Namen von Hand auf die Linie.';

  test.each([
    ['as long as a name may be', 'Maria '.repeat(NAME_LENGTH).slice(0, NAME_LENGTH)],
    ['of one endless word', 'W'.repeat(NAME_LENGTH)],
    ['in several scripts', 'Олена Şahin فاطمة (Łódź)'],
    ['with an emoji', 'Anna 🎉 B'],
  ])('%s is printed within the badge', async (_, name) => {
    const pdf = await renderTicketPdf([await ticketOf(name)]);
    const [text] = await textsOf(pdf);
    expect(text).not.toContain(byHand);
    expect(text).toContain(name.slice(0, 4));
    const [found] = await readBarcodes(await paint(pdf, 150), { formats: ['QRCode'] });
    expect(found?.isValid).toBe(true);
  });

  test('of letters that no font has leaves a line for a pen', async () => {
    const [text] = await textsOf(await renderTicketPdf([await ticketOf('Anna 王小明')]));
    expect(text).toContain('Anna');
    expect(text).toContain(byHand);
    expect((await textsOf(await renderTicketPdf([await ticketOf('🎉')])))[0]).toContain(byHand);
  });
});
