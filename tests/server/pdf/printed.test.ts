import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { NO_NEEDS, type AccessNeeds } from '../../../src/lib/domain/access-needs.ts';
import type { EventId, WorkgroupId } from '../../../src/lib/domain/ids.ts';
import { millis } from '../../../src/lib/domain/time.ts';
import { locales, type Locale } from '../../../src/lib/i18n/index.ts';
import { demoEvent } from '../../../src/lib/server/demo-event.ts';
import { readFigures } from '../../../src/lib/server/event-figures.ts';
import { createEvent, findEvent, listWorkgroups, type EventPage } from '../../../src/lib/server/events.ts';
import { streamBadges } from '../../../src/lib/server/pdf/badges-pdf.ts';
import { renderReportPdf } from '../../../src/lib/server/pdf/report-pdf.ts';
import { streamRoomLists } from '../../../src/lib/server/pdf/room-lists-pdf.ts';
import { readPrintRoster, type PrintedWorkgroup } from '../../../src/lib/server/print-roster.ts';
import { registerByOffice } from '../../../src/lib/server/registrations.ts';
import { testInstallation, type TestInstallation } from '../../support/installation.ts';

const NOW = millis(Date.UTC(2022, 10, 8));
const DOTS_PER_INCH = 150;

let opened: TestInstallation;
let event: EventPage;
let eventId: EventId;
let pdfium: PDFiumLibrary;
let roster: PrintedWorkgroup[];

beforeAll(async () => {
  const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const wasmBinary = new Uint8Array(readFileSync(file)).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  pdfium = await PDFiumLibrary.init();
  opened = await testInstallation(() => NOW);
  eventId = await createEvent(opened.installation, demoEvent(NOW));
  for (const name of ['Zoë Adler', 'Ältin Çelik', 'فاطمة عبد الرحمن', 'Anna 王小明']) await register(name);
  for (let i = 0; i < 7; i++) await register(`Gast ${i}`);
  await register('Rolf Rad', { ...NO_NEEDS, wheelchair: true, other: 'Platz am Rand' });
  event = (await findEvent(opened.installation.db, { id: eventId }))!;
  roster = await readPrintRoster(opened.installation.db, eventId, 'w2' as WorkgroupId);
});
afterAll(async () => {
  pdfium.destroy();
  await opened.dispose();
});

async function register(
  name: string,
  needs: AccessNeeds = NO_NEEDS,
  state: 'confirmed' | 'cancelled' = 'confirmed',
) {
  await registerByOffice(opened.installation, eventId, {
    submissionId: crypto.randomUUID(),
    name,
    email: null,
    workgroupId: 'w2' as WorkgroupId,
    locale: 'de',
    origin: 'office',
    state,
    consented: true,
    needs,
  });
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  return Buffer.from(await new Response(stream).arrayBuffer());
}

/** What the pages say, each with single spaces, and how large they are, in points. */
async function read(pdf: Buffer): Promise<{ texts: string[]; size: number[] }> {
  const document = await pdfium.loadDocument(pdf);
  try {
    const pages = [...document.pages()];
    const { originalWidth, originalHeight } = pages[0]!.getOriginalSize();
    return {
      texts: pages.map((page) => page.getText().normalize('NFKC').replace(/\s+/g, ' ')),
      size: [originalWidth, originalHeight].map(Math.round),
    };
  } finally {
    document.destroy();
  }
}

async function paint(pdf: Buffer): Promise<ImageData> {
  const document = await pdfium.loadDocument(pdf);
  try {
    const scale = DOTS_PER_INCH / 72;
    const { data, width, height } = await document.getPage(0).render({ scale, render: 'bitmap' });
    return { data: new Uint8ClampedArray(data), width, height, colorSpace: 'srgb' };
  } finally {
    document.destroy();
  }
}

const TAGS = ['/StructTreeRoot', '/Marked true', '<pdfuaid:part>1</pdfuaid:part>', '/DisplayDocTitle true'];

describe('the report on paper', () => {
  const report = async (locale: Locale) => {
    const { installation } = opened;
    const workgroups = await listWorkgroups(installation.db, eventId);
    const figures = await readFigures(installation, eventId);
    return renderReportPdf({ locale, event, workgroups, figures, now: NOW });
  };

  test('tells the figures of every workgroup, and no name', async () => {
    const { texts } = await read(await report('de'));
    const text = texts.join(' ');
    for (const part of ['Angemeldet 12', 'Nicht gekommen 12', 'Bildung und Ausbildung', 'weniger als 5'])
      expect(text).toContain(part);
    for (const name of ['Adler', 'Rolf', 'فاطمة', 'Anna']) expect(text).not.toContain(name);
  });

  test.each(locales)('is of A4, tagged, and has tables that can be read aloud, in %s', async (locale) => {
    const pdf = await report(locale);
    expect((await read(pdf)).size).toEqual([595, 842]);
    const source = pdf.toString('latin1');
    for (const part of [...TAGS, '/S /Table', '/S /TH', '/Scope /Row', '/Scope /Column'])
      expect(source).toContain(part);
  });
});

describe('a room list', () => {
  test('has everybody of the workgroup by name, with what the door must know', async () => {
    const { texts, size } = await read(await bytesOf(streamRoomLists(event, roster, 'de')));
    expect(size).toEqual([595, 842]);
    const text = texts.join(' ');
    const places = ['Ältin Çelik', 'Gast 0', 'Gast 6', 'Rolf Rad', 'Zoë Adler'].map((name) =>
      text.indexOf(name),
    );
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(text).toContain('Rollstuhl, Platz am Rand');
    expect(text).toContain('Personen: 12');
    expect(text).toContain('Raum 2');
  });

  test('begins on a page of its own for each workgroup, and says where nobody is', async () => {
    const all = await readPrintRoster(opened.installation.db, eventId, null);
    const { texts } = await read(await bytesOf(streamRoomLists(event, all, 'en')));
    expect(texts).toHaveLength(all.length);
    expect(texts[0]).toContain('Nobody has a place here.');
  });

  test('goes on over many pages, each with the head of the table', async () => {
    const [workgroup] = roster;
    const guests = Array.from({ length: 90 }, (_, i) => ({ ...workgroup!.guests[0]!, name: `Gast ${i}` }));
    const { texts } = await read(await bytesOf(streamRoomLists(event, [{ ...workgroup!, guests }], 'de')));
    expect(texts.length).toBeGreaterThan(2);
    for (const text of texts) expect(text).toContain('Unterstützung');
    for (const { name } of guests) expect(texts.join(' ')).toContain(name);
  });
});

describe('badges', () => {
  test('are eight on a sheet of A4, each with name, workgroup and room', async () => {
    const pdf = await bytesOf(streamBadges(event, roster, 'de', false));
    const { texts, size } = await read(pdf);
    expect(size).toEqual([595, 842]);
    expect(texts).toHaveLength(2);
    for (const { name } of roster[0]!.guests.filter(({ name }) => /^\p{Script=Latin}[^王]*$/u.test(name)))
      expect(texts.join(' ')).toContain(name);
    expect(texts[0]!.match(/Raum 2/g)).toHaveLength(8);
    expect(texts[1]!.match(/2\. Bildung und Ausbildung/g)).toHaveLength(4);
    for (const part of TAGS) expect(pdf.toString('latin1')).toContain(part);
    expect(await readBarcodes(await paint(pdf), { formats: ['QRCode'] })).toEqual([]);
  });

  test.each<Locale>(['de', 'ar'])('have the tickets’ codes where that is wanted, in %s', async (locale) => {
    const pdf = await bytesOf(streamBadges(event, roster, locale, true));
    const found = await readBarcodes(await paint(pdf), { formats: ['QRCode'], maxNumberOfSymbols: 8 });
    const wanted = roster[0]!.guests.slice(0, 8).map(({ ticketText }) => ticketText);
    expect(found.map(({ text }) => text).sort()).toEqual(wanted.sort());
  });

  test('of nobody are one page that says so', async () => {
    const nobody = [{ ...roster[0]!, guests: [] }];
    const { texts } = await read(await bytesOf(streamBadges(event, nobody, 'en', false)));
    expect(texts).toEqual([expect.stringContaining('Nobody has a place here.')]);
  });

  test('of hundreds let others have their turn meanwhile', async () => {
    const guests = Array.from({ length: 400 }, (_, i) => ({ ...roster[0]!.guests[0]!, name: `Gast ${i}` }));
    const reader = streamBadges(event, [{ ...roster[0]!, guests }], 'de', false).getReader();
    let turns = 0;
    let reading = true;
    const count = () => {
      turns += 1;
      if (reading) setImmediate(count);
    };
    setImmediate(count);
    while (!(await reader.read()).done);
    reading = false;
    expect(turns).toBeGreaterThan(guests.length / 2);
  });
});
