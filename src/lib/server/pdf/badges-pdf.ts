import { localizedText } from '../../domain/setting.ts';
import { getTextDirection, m, type Locale } from '../../i18n/index.ts';
import { drawTicketQr, QUIET_ZONE } from '../../ui/ticket-qr.ts';
import type { EventPage } from '../events.ts';
import type { PrintedGuest, PrintedWorkgroup } from '../print-roster.ts';
import { organisers } from './badge.ts';
import { openDocument } from './document.ts';
import { isPrintable } from './lines.ts';
import { mm, PAGE, Sheet, type Column, type Content, type Fitted } from './sheet.ts';
import { giveWay, whileRead } from './slowly.ts';

/** Of a badge: what the usual holders take. */
const BADGE = { width: mm(85), height: mm(54) };
const ACROSS = 2;
const DOWN = 4;
/** From the sheet's edges to the first badge. */
const START = { x: (PAGE.width - ACROSS * BADGE.width) / 2, y: (PAGE.height - DOWN * BADGE.height) / 2 };
const PADDING = mm(5.5);
/** Of the code's dark square; the quiet zone comes on top. */
const CODE = mm(23);

const NAME = [
  ...[32, 30, 28, 26, 24, 22, 20, 18].map((size) => [size, 2] as const),
  ...([
    [16, 3],
    [14, 3],
    [12, 4],
    [10, 5],
  ] as const),
];
const TITLE = [
  [8.5, 1],
  [8, 2],
] as const;
const WORKGROUP = [11, 10, 9, 8].map((size) => [size, size > 9 ? 2 : 3] as const);
const ROOM = [12, 10, 8].map((size) => [size, 1] as const);

/** What stands on all badges of a workgroup, broken once. */
interface Same {
  title: [Content, Fitted];
  workgroup: [Content, Fitted];
  room: [Content, Fitted];
  /** What a code is called for those who hear it. */
  labelOf: (name: string) => string;
}

/**
 * Prints badges, eight on a sheet of A4, each workgroup on sheets of its own. The document comes sheet by sheet, and
 * gives way to others between.
 *
 * @param withCodes - whether each has its ticket's QR code
 */
export function streamBadges(
  event: EventPage,
  workgroups: PrintedWorkgroup[],
  locale: Locale,
  withCodes: boolean,
): ReadableStream<Uint8Array> {
  const title = localizedText(event.texts.title, locale);
  const name = m.print_badges({}, { locale });
  const doc = openDocument(locale, `${name} – ${title}`, event.texts.organiser);
  return whileRead(doc, async () => {
    // A document has at least one page.
    if (workgroups.every(({ guests }) => guests.length === 0)) {
      const sheet = new Sheet(doc, locale, getTextDirection(locale));
      const style = { size: 14, weight: 'regular' } as const;
      sheet.text(
        { tag: 'P', content: m.print_nobody({}, { locale }), style },
        columnAt(0, BADGE.width),
        START.y,
      );
      sheet.end();
    }
    for (const workgroup of workgroups) {
      let same: Same | null = null;
      for (let at = 0; at < workgroup.guests.length; at += ACROSS * DOWN) {
        const sheet = new Sheet(doc, locale, getTextDirection(locale));
        same ??= fitSame(sheet, event, workgroup, locale, withCodes);
        sheet.artifact(() => drawCutMarks(doc));
        for (const [i, guest] of workgroup.guests.slice(at, at + ACROSS * DOWN).entries()) {
          const [column, row] = [i % ACROSS, Math.floor(i / ACROSS)];
          placeBadge(sheet, guest, same, column * BADGE.width, START.y + row * BADGE.height, withCodes);
          await giveWay();
        }
        sheet.end();
      }
    }
  });
}

/** A column of a badge. @param offset - of the badge, from the first one of its row */
const columnAt = (offset: number, width: number): Column => ({ start: START.x + offset + PADDING, width });

const widthOf = (withCodes: boolean): number => BADGE.width - 2 * PADDING - (withCodes ? CODE + mm(3) : 0);

function fitSame(
  sheet: Sheet,
  event: EventPage,
  { number, title, room }: PrintedWorkgroup,
  locale: Locale,
  withCodes: boolean,
): Same {
  const whole = columnAt(0, BADGE.width - 2 * PADDING);
  const beside = columnAt(0, widthOf(withCodes));
  const eventTitle = organisers(event.texts.title, locale);
  const subject = organisers(title, locale);
  const workgroup = { ...subject, content: `${number}. ${subject.content}` };
  const place = organisers(room, locale);
  return {
    labelOf: (name) => m.ticket_qr_label({ name }, { locale }),
    title: [eventTitle, sheet.fit(eventTitle, 'regular', { height: mm(9), steps: [...TITLE] }, whole)],
    workgroup: [workgroup, sheet.fit(workgroup, 'regular', { height: mm(12), steps: WORKGROUP }, beside)],
    room: [place, sheet.fit(place, 'semibold', { height: mm(6), steps: ROOM }, beside)],
  };
}

function placeBadge(
  sheet: Sheet,
  { name, ticketText }: PrintedGuest,
  { title, workgroup, room, labelOf }: Same,
  offset: number,
  top: number,
  withCodes: boolean,
): void {
  const whole = columnAt(offset, BADGE.width - 2 * PADDING);
  const beside = columnAt(offset, widthOf(withCodes));
  const put = (tag: string, [content, fitted]: [Content, Fitted], column: Column, y: number) =>
    sheet.place({ tag, ...content, ...fitted }, fitted.lines, column, y);
  sheet.group('Sect', () => {
    const below = put('P', title, whole, top + PADDING - mm(1)) + mm(2);
    const bottom = top + BADGE.height - PADDING;
    const roomTop = bottom - room[1].height;
    const workgroupTop = roomTop - workgroup[1].height - mm(0.5);
    const end = withCodes ? Math.min(workgroupTop, bottom - CODE - mm(2)) : workgroupTop;
    placeName(sheet, name, whole, below, end - mm(2) - below);
    put('P', workgroup, beside, workgroupTop);
    put('P', room, beside, roomTop);
    if (withCodes) placeCode(sheet, labelOf(name), ticketText, offset, bottom);
  });
}

/** Better a line for a pen than boxes instead of letters. What can be printed of the name stands above it. */
function placeName(sheet: Sheet, name: string, column: Column, top: number, height: number): void {
  const words = name.trim().split(/\s+/);
  const printable = words.filter((word) => isPrintable(word, 'semibold'));
  const isWhole = printable.length === words.length;
  const content: Content = { content: printable.join(' '), flow: 'auto' };
  const { lines, style } = sheet.fit(
    content,
    'semibold',
    { height: isWhole ? height : mm(8), steps: NAME },
    column,
  );
  if (lines.length > 0) sheet.place({ tag: 'P', style }, lines, column, top);
  if (isWhole && lines.length > 0) return;
  const [left, y] = [sheet.left(column), top + height];
  sheet.artifact(() =>
    sheet.doc
      .lineWidth(0.8)
      .moveTo(left, y)
      .lineTo(left + column.width, y)
      .stroke('black'),
  );
}

function placeCode(sheet: Sheet, label: string, ticketText: string, offset: number, bottom: number): void {
  const { doc } = sheet;
  const { size, path } = drawTicketQr(ticketText);
  const unit = CODE / (size - 2 * QUIET_ZONE);
  const place: Column = { start: START.x + offset + BADGE.width - PADDING - CODE, width: CODE };
  const [left, top] = [sheet.left(place), bottom - CODE];
  sheet.figure(label, [left, top, left + CODE, bottom], () =>
    doc
      .save()
      .translate(left - QUIET_ZONE * unit, top - QUIET_ZONE * unit)
      .scale(unit)
      .fillColor('black')
      // Thousands of codes: as rectangles they take a tenth of the time that pdfkit needs for paths.
      .addContent(`${rectanglesOf(path)} f`)
      .restore(),
  );
}

/** A code's path, which is runs of modules one high, in the language of PDF. */
const rectanglesOf = (path: string): string =>
  path.replaceAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g, '$1 $2 $3 1 re ');

/** Short lines at the sheet's edges: no line is left on a badge that is cut a little beside. */
function drawCutMarks(doc: PDFKit.PDFDocument): void {
  const [near, long] = [mm(2), mm(6)];
  doc.lineWidth(0.5);
  for (let column = 0; column <= ACROSS; column++) {
    const x = START.x + column * BADGE.width;
    const [top, bottom] = [START.y - near, START.y + DOWN * BADGE.height + near];
    doc.moveTo(x, top).lineTo(x, top - long);
    doc.moveTo(x, bottom).lineTo(x, bottom + long);
  }
  for (let row = 0; row <= DOWN; row++) {
    const y = START.y + row * BADGE.height;
    const [left, right] = [START.x - near, START.x + ACROSS * BADGE.width + near];
    doc.moveTo(left, y).lineTo(left - long, y);
    doc.moveTo(right, y).lineTo(right + long, y);
  }
  doc.stroke('#66727d');
}
