import { m, type Locale } from '../../i18n/index.ts';
import type { Localized } from '../../domain/setting.ts';
import { drawTicketQr, QUIET_ZONE } from '../../ui/ticket-qr.ts';
import { isPrintable } from './lines.ts';
import { MARGIN, mm, PAGE, type Column, type Content, type Sheet, type Style } from './sheet.ts';
import type { PaperTicket } from './ticket-pdf.ts';

const COLUMN: Column = { start: MARGIN, width: PAGE.width / 2 - MARGIN - mm(9) };
/** Of the code's dark square; the quiet zone comes on top. */
const CODE = mm(48);
const CODE_TOP = PAGE.height / 2 - MARGIN - CODE;

const TITLE = [10.5, 9].map((size) => [size, 2] as const);
const NAME = [
  ...[44, 40, 36, 34, 32, 30, 28, 26, 24, 22, 20, 18].map((size) => [size, 2] as const),
  ...([
    [16, 3],
    [14, 4],
    [12, 5],
    [11, 6],
  ] as const),
];
const PART_OF_NAME = [20, 18, 16, 14, 12].map((size) => [size, 1] as const);
const WORKGROUP = [15, 13, 11, 10].map((size) => [size, 3] as const);

/** Text that the organiser has written: in the ticket's language, or in German where nobody has translated it. */
export function organisers(text: Localized, locale: Locale): Content {
  const translated = text[locale];
  return translated ? { content: translated } : { content: text.de, language: 'de', flow: 'auto' };
}

/** The quarter that is worn: name, workgroup, room and code, to be read at arm's length. */
export function placeBadge(sheet: Sheet, ticket: PaperTicket): void {
  const { locale, event } = ticket;
  const title = organisers(event.texts.title, locale);
  const small = sheet.fit(title, 'regular', { height: mm(12), steps: TITLE }, COLUMN);
  const below = sheet.place({ tag: 'P', ...title, ...small }, small.lines, COLUMN, MARGIN);
  placeName(sheet, ticket, below + mm(4));
  const workgroup = organisers(ticket.workgroup, locale);
  const large = sheet.fit(workgroup, 'semibold', { height: mm(18), steps: WORKGROUP }, COLUMN);
  const top = CODE_TOP - mm(4) - large.height;
  sheet.place({ tag: 'P', ...workgroup, ...large }, large.lines, COLUMN, top);
  placeCode(sheet, ticket);
}

/** The name as large as it fits: best in whole words on two lines. */
function placeName(sheet: Sheet, { registration, locale }: PaperTicket, top: number): void {
  const words = registration.name.trim().split(/\s+/);
  const printable = words.filter((word) => isPrintable(word, 'semibold'));
  const text: Content = { content: printable.join(' '), flow: 'auto' };
  if (printable.length < words.length) return placeNameLine(sheet, text, locale, top);
  const { lines, style } = sheet.fit(text, 'semibold', { height: mm(27), steps: NAME }, COLUMN);
  if (lines.length === 0) return placeNameLine(sheet, text, locale, top);
  sheet.place({ tag: 'H1', style }, lines, COLUMN, top);
}

/** Better a line for a pen than boxes instead of letters. What can be printed of the name stands above it. */
function placeNameLine(sheet: Sheet, text: Content, locale: Locale, top: number): void {
  const { doc } = sheet;
  const { lines, style } = sheet.fit(text, 'semibold', { height: mm(10), steps: PART_OF_NAME }, COLUMN);
  if (lines.length > 0) sheet.place({ tag: 'H1', style }, lines, COLUMN, top);
  const y = top + mm(20);
  const left = sheet.left(COLUMN);
  sheet.artifact(() =>
    doc
      .lineWidth(0.8)
      .moveTo(left, y)
      .lineTo(left + COLUMN.width, y)
      .stroke('black'),
  );
  const hint = m.ticket_pdf_name_by_hand({}, { locale });
  sheet.text({ tag: 'P', content: hint, style: { size: 9, weight: 'regular' } }, COLUMN, y + mm(1));
}

/** The code, and beside it what the door's staff looks for. */
function placeCode(sheet: Sheet, ticket: PaperTicket): void {
  const { doc } = sheet;
  const { locale, registration, ticketText } = ticket;
  if (ticketText === null) throw new Error('a ticket without a place has no code to print');
  const { size, path } = drawTicketQr(ticketText);
  const unit = CODE / (size - 2 * QUIET_ZONE);
  const code: Column = { start: COLUMN.start, width: CODE };
  const left = sheet.left(code);
  const label = m.ticket_qr_label({ name: registration.name }, { locale });
  sheet.figure(label, [left, CODE_TOP, left + CODE, CODE_TOP + CODE], () => {
    // The quiet zone reaches into the margins: nothing is printed there either.
    const quiet = QUIET_ZONE * unit;
    doc
      .save()
      .translate(left - quiet, CODE_TOP - quiet)
      .scale(unit)
      .path(path)
      .fill('black')
      .restore();
  });

  const start = COLUMN.start + CODE + mm(6);
  const beside: Column = { start, width: COLUMN.start + COLUMN.width - start };
  const small: Style = { size: 10, weight: 'regular' };
  let y = CODE_TOP - mm(1);
  y = sheet.text({ tag: 'P', content: m.ticket_workgroup({}, { locale }), style: small }, beside, y);
  y = sheet.text(
    { tag: 'P', content: `${ticket.workgroupNumber}`, style: { size: 54, weight: 'semibold' } },
    beside,
    y - mm(1),
  );
  y = sheet.text({ tag: 'P', content: m.ticket_room({}, { locale }), style: small }, beside, y + mm(1));
  sheet.text(
    { tag: 'P', ...organisers(ticket.room, locale), style: { size: 14, weight: 'semibold' } },
    beside,
    y,
  );
}
