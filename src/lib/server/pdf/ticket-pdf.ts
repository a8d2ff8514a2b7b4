import { getTextDirection, m } from '../../i18n/index.ts';
import type { TicketContent } from '../ticket-content.ts';
import { placeBadge } from './badge.ts';
import { collect, openDocument } from './document.ts';
import { placeFacts, placeFolding, placeHelp } from './holder-part.ts';
import { mm, PAGE, Sheet } from './sheet.ts';

/** A ticket to be printed. */
export interface PaperTicket extends TicketContent {
  /** Of its page, so that whoever has only the paper finds it. */
  address: string;
}

/**
 * Prints tickets, each on a sheet of A4 in its own language that folds to a badge. The badge is the upper quarter at
 * which the language begins to read; the quarter beside it becomes its back, the lower half comes to lie inside.
 *
 * The document is tagged after PDF/UA-1 (ISO 14289-1), as far as pdfkit goes.
 * @param tickets - at least one; of people who have a place
 */
export async function renderTicketPdf(tickets: PaperTicket[]): Promise<Buffer> {
  const [first] = tickets;
  if (!first) throw new Error('there is no ticket to print');
  const { locale, event } = first;
  const title = event.texts.title[locale] || event.texts.title.de;
  const doc = openDocument(locale, `${m.ticket_title({}, { locale })} – ${title}`, event.texts.organiser);
  const document = collect(doc);
  for (const ticket of tickets) printTicket(doc, ticket);
  doc.end();
  return document;
}

function printTicket(doc: PDFKit.PDFDocument, ticket: PaperTicket): void {
  const sheet = new Sheet(doc, ticket.locale, getTextDirection(ticket.locale));
  sheet.artifact(() => drawFoldMarks(doc));
  placeBadge(sheet, ticket);
  placeFacts(sheet, ticket);
  placeHelp(sheet, ticket);
  placeFolding(sheet, ticket);
  sheet.end();
}

/** Short lines at the edges and a cross in the middle: where to fold, without a line across the badge. */
function drawFoldMarks(doc: PDFKit.PDFDocument): void {
  const [x, y] = [PAGE.width / 2, PAGE.height / 2];
  // Printers leave the outermost millimetres of a sheet blank.
  const [near, far, arm] = [mm(4), mm(10), mm(2.5)];
  doc.lineWidth(0.6);
  for (const [x1, y1, x2, y2] of [
    [near, y, far, y],
    [PAGE.width - far, y, PAGE.width - near, y],
    [x, near, x, far],
    [x, PAGE.height - far, x, PAGE.height - near],
    [x - arm, y, x + arm, y],
    [x, y - arm, x, y + arm],
  ] as const)
    doc.moveTo(x1, y1).lineTo(x2, y2);
  doc.stroke('black');
}
