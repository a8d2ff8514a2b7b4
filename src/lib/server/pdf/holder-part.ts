import { m } from '../../i18n/index.ts';
import { formatDay, formatTime } from '../../i18n/dates.ts';
import { organisers } from './badge.ts';
import { MARGIN, mm, PAGE, type Column, type Sheet, type Content, type Style, type Text } from './sheet.ts';
import type { PaperTicket } from './ticket-pdf.ts';

const BESIDE: Column = { start: PAGE.width / 2 + mm(9), width: PAGE.width / 2 - mm(9) - MARGIN };
const BELOW: Column = { start: MARGIN, width: PAGE.width / 2 - mm(9) - MARGIN };
/** The lower half begins below the fold. */
const LOWER = PAGE.height / 2 + mm(14);

const label: Style = { size: 10, weight: 'regular' };
const body: Style = { size: 11, weight: 'regular' };
const strong: Style = { size: 12, weight: 'semibold' };
const heading: Style = { size: 14, weight: 'semibold' };

const TITLE = [18, 16, 14, 12].map((size) => [size, 4] as const);

/** The badge's back: what, when and where, for its wearer. */
export function placeFacts(sheet: Sheet, ticket: PaperTicket): void {
  const { locale, event } = ticket;
  const { texts } = event;
  const title = organisers(texts.title, locale);
  const fitted = sheet.fit(title, 'semibold', { height: mm(33), steps: TITLE }, BESIDE);
  let y = sheet.place({ tag: 'H2', ...title, ...fitted }, fitted.lines, BESIDE, MARGIN) + mm(7);
  const fact = (name: string, ...values: Content[]) => {
    sheet.group('LI', () => {
      y = sheet.text({ tag: 'Lbl', content: name, style: label }, BESIDE, y);
      sheet.group('LBody', () => {
        for (const value of values) y = sheet.text({ tag: 'P', ...value, style: strong }, BESIDE, y);
      });
    });
    y += mm(3.5);
  };
  const span = {
    from: formatTime(event.startsAt, locale),
    until: formatTime(event.endsAt, locale),
  };
  sheet.group('L', () => {
    fact(
      m.public_when({}, { locale }),
      { content: formatDay(event.startsAt, locale) },
      { content: m.public_time_span(span, { locale }) },
    );
    fact(
      m.public_where({}, { locale }),
      event.held === 'digital'
        ? { content: m.ticket_pdf_digital({}, { locale }) }
        : organisers(texts.venue, locale),
    );
    fact(m.ticket_workgroup({}, { locale }), organisers(ticket.workgroup, locale));
    fact(m.ticket_room({}, { locale }), organisers(ticket.room, locale));
    if (ticket.ticketNumber) {
      fact(m.ticket_number({}, { locale }), { content: ticket.ticketNumber, flow: 'address' });
    }
  });
}

/** Below the badge: what to bring. Beside it: how to change something, and whom to ask. They come to lie inside. */
export function placeHelp(sheet: Sheet, ticket: PaperTicket): void {
  const { locale, address } = ticket;
  const { contact, organiser } = ticket.event.texts;
  let y = sheet.text({ tag: 'H2', content: m.ticket_pdf_day({}, { locale }), style: heading }, BELOW, LOWER);
  y += mm(1.5);
  for (const content of [
    m.ticket_pdf_day_sheet({}, { locale }),
    m.ticket_keep_name({}, { locale }),
    m.ticket_pdf_one_person({}, { locale }),
  ])
    y = sheet.text({ tag: 'P', content, style: body }, BELOW, y) + mm(2);

  y = sheet.text({ tag: 'H2', content: m.ticket_pdf_change({}, { locale }), style: heading }, BESIDE, LOWER);
  y = sheet.text(
    { tag: 'P', content: m.ticket_pdf_change_help({}, { locale }), style: body },
    BESIDE,
    y + mm(1.5),
  );
  const link: Text = { tag: 'P', content: address, style: strong, flow: 'address', link: address };
  y = sheet.text(link, BESIDE, y + mm(2)) + mm(8);

  const questions = m.ticket_pdf_questions({}, { locale });
  y = sheet.text({ tag: 'H2', content: questions, style: heading }, BESIDE, y) + mm(1.5);
  const lines: Content[] = [
    { content: contact.name, flow: 'auto' },
    organisers(contact.role, locale),
    { content: organiser, flow: 'auto' },
    { content: contact.phone, flow: 'address' },
    { content: contact.email, flow: 'address' },
  ];
  for (const line of lines) if (line.content) y = sheet.text({ tag: 'P', ...line, style: body }, BESIDE, y);
}

/** How the sheet becomes a badge, in words and in two drawings. */
export function placeFolding(sheet: Sheet, { locale }: PaperTicket): void {
  let y = PAGE.height - mm(70);
  const title = m.ticket_pdf_fold({}, { locale });
  y = sheet.text({ tag: 'H2', content: title, style: heading }, BELOW, y) + mm(2.5);
  const steps = [m.ticket_pdf_fold_first({}, { locale }), m.ticket_pdf_fold_second({}, { locale })];
  const gap = mm(6);
  const width = (BELOW.width - gap) / 2;
  steps.forEach((content, i) => {
    const column = { start: BELOW.start + i * (width + gap), width };
    sheet.artifact(() => drawStep(sheet, i === 0 ? 'lower' : 'side', column.start, y));
    sheet.text({ tag: 'P', content: `${i + 1}. ${content}`, style: body }, column, y + mm(32));
  });
}

/** A small sheet, dashed where it is folded, with name and code on the quarter that stays in front. */
function drawStep(sheet: Sheet, half: 'lower' | 'side', start: number, top: number): void {
  const { doc } = sheet;
  const quarter = { width: mm(10.5), height: mm(14.85) };
  const width = 2 * quarter.width;
  const height = half === 'lower' ? 2 * quarter.height : quarter.height;
  const left = sheet.left({ start, width });
  const badge = sheet.left({ start: start + mm(1.5), width: quarter.width - mm(3) });
  doc.save();
  doc.rect(badge, top + mm(1.8), quarter.width - mm(3), mm(1.6));
  doc.rect(sheet.left({ start: start + mm(1.5), width: mm(5) }), top + mm(8), mm(5), mm(5)).fill('black');
  doc.lineWidth(0.8).rect(left, top, width, height).stroke('black').dash(2.5, { space: 2 });
  if (half === 'lower') doc.moveTo(left, top + quarter.height).lineTo(left + width, top + quarter.height);
  else doc.moveTo(left + quarter.width, top).lineTo(left + quarter.width, top + height);
  doc.stroke('black').restore();
}
