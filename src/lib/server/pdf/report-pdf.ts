import { arrivalBars, arrivalSummary } from '../../domain/arrival-bars.ts';
import { localizedText, type Localized } from '../../domain/setting.ts';
import type { Millis } from '../../domain/time.ts';
import { describeCompleteness } from '../../i18n/completeness.ts';
import { formatDay, formatMoment, formatTime } from '../../i18n/dates.ts';
import { m, type Locale } from '../../i18n/index.ts';
import { describeSurvey } from '../../i18n/survey.ts';
import type { EventFigures } from '../event-figures.ts';
import type { EventPage, WorkgroupPlaces } from '../events.ts';
import { organisers } from './badge.ts';
import { collect, openDocument } from './document.ts';
import { Pages } from './pages.ts';
import { mm, type Style } from './sheet.ts';

export interface PaperReport {
  locale: Locale;
  event: EventPage;
  workgroups: WorkgroupPlaces[];
  figures: EventFigures;
  now: Millis;
}

const TITLE: Style = { size: 22, weight: 'semibold' };
const HEADING: Style = { size: 14, weight: 'semibold' };
const LARGE: Style = { size: 12, weight: 'regular' };

/** Below a heading so much of what it is the heading of. */
const KEPT_TOGETHER = mm(25);

/** Prints an event in numbers on A4, without a name. */
export async function renderReportPdf(report: PaperReport): Promise<Buffer> {
  const { locale, event, now } = report;
  const title = localizedText(event.texts.title, locale);
  const doc = openDocument(locale, `${m.report_title({}, { locale })} – ${title}`, event.texts.organiser);
  const document = collect(doc);
  const pages = new Pages(doc, locale, `${m.report_title({}, { locale })} – ${title}`);
  pages.text('P', { content: m.report_title({}, { locale }) }, LARGE);
  pages.text('H1', organisers(event.texts.title, locale), TITLE);
  pages.text('P', { content: formatDay(event.startsAt, locale) }, LARGE);
  pages.text('P', organisers(event.texts.venue, locale), LARGE);
  pages.text('P', { content: m.report_as_of({ moment: formatMoment(now, locale) }, { locale }) });
  if (now < event.endsAt) pages.text('P', { content: m.report_not_ended({}, { locale }) });
  await placeOverview(pages, report);
  await placeWorkgroups(pages, report);
  await placeArrivals(pages, report);
  await placeSurvey(pages, report);
  placeCompleteness(pages, report);
  pages.end();
  doc.end();
  return document;
}

function heading(pages: Pages, content: string): void {
  pages.skip(mm(5));
  pages.text('H2', { content }, HEADING, KEPT_TOGETHER);
}

/** Labels and their numbers. */
function placePairs(
  pages: Pages,
  locale: Locale,
  title: string,
  rows: (readonly [string, string | number])[],
): Promise<void> {
  return pages.table(
    [
      { title, share: 0.42 },
      { title: m.report_arrivals_count({}, { locale }), share: 0.18, number: true },
    ],
    rows.map(([label, value]) => [{ content: label }, { content: String(value) }]),
  );
}

async function placeOverview(pages: Pages, { locale, figures: { attendance } }: PaperReport): Promise<void> {
  const words = { locale };
  const { peak } = attendance;
  heading(pages, m.report_overview({}, words));
  const most =
    peak.at === null ? 0 : m.report_peak_at({ count: peak.count, time: formatTime(peak.at, locale) }, words);
  await placePairs(pages, locale, '', [
    [m.report_registered({}, words), attendance.registered],
    [m.report_came({}, words), attendance.came],
    [m.report_came_registered({}, words), attendance.cameRegistered],
    [m.report_walk_ins({}, words), attendance.walkIns],
    [m.report_others({}, words), attendance.others],
    [m.report_no_shows({}, words), attendance.noShows],
    [m.report_waiting({}, words), attendance.waiting],
    [m.report_cancelled({}, words), attendance.cancelled],
    [m.office_conflicts({}, words), attendance.conflicts],
    [m.report_peak({}, words), most],
  ]);
}

async function placeWorkgroups(pages: Pages, { locale, workgroups, figures }: PaperReport): Promise<void> {
  const words = { locale };
  heading(pages, m.report_workgroups({}, words));
  const number = (title: string) => ({ title, share: 0.104, number: true });
  const titleOf = (title: Localized) => organisers(title, locale);
  await pages.table(
    [
      { title: m.ticket_workgroup({}, words), share: 0.272 },
      number(m.report_registered({}, words)),
      number(m.report_came({}, words)),
      number(m.report_no_shows({}, words)),
      number(m.report_walk_ins({}, words)),
      number(m.report_waiting({}, words)),
      number(m.report_in_room({}, words)),
      number(m.report_peak({}, words)),
    ],
    figures.attendance.workgroups.map((row) => {
      const { title } = workgroups.find(({ id }) => id === row.id)!;
      const { registered, came, noShows, walkIns, waiting, inRoom, peak } = row;
      const counts = [registered, came, noShows, walkIns, waiting, inRoom, peak.count];
      return [titleOf(title), ...counts.map((count) => ({ content: String(count) }))];
    }),
  );
}

async function placeArrivals(pages: Pages, { locale, figures: { attendance } }: PaperReport): Promise<void> {
  const words = { locale };
  heading(pages, m.report_arrivals({}, words));
  const summary = arrivalSummary(attendance.arrivals);
  if (!summary) return pages.text('P', { content: m.report_arrivals_none({}, words) });
  const { from, until, most } = summary;
  const time = (moment: Millis) => formatTime(moment, locale);
  const told = m.report_arrivals_summary(
    { from: time(from), until: time(until), time: time(most.from), count: most.count },
    words,
  );
  const bars = arrivalBars(attendance.arrivals);
  pages.text('P', { content: told }, undefined, mm(40));
  pages.figure(told, mm(34), (left, top, width, isRtl) => {
    const { doc } = pages;
    const step = width / bars.length;
    doc.save();
    bars.forEach(({ height }, i) => {
      const x = left + (isRtl ? bars.length - 1 - i : i) * step;
      if (height > 0) doc.rect(x + step * 0.1, top + mm(32) * (1 - height), step * 0.8, mm(32) * height);
    });
    doc.fill('#0b5568');
    doc
      .lineWidth(0.6)
      .moveTo(left, top + mm(32))
      .lineTo(left + width, top + mm(32))
      .stroke('#66727d')
      .restore();
  });
  pages.skip(mm(2));
  await placePairs(
    pages,
    locale,
    m.report_arrivals_from({}, words),
    bars.filter(({ count }) => count > 0).map(({ from, count }) => [time(from), count] as const),
  );
}

async function placeSurvey(pages: Pages, { locale, figures: { survey } }: PaperReport): Promise<void> {
  heading(pages, m.report_survey({}, { locale }));
  pages.text('P', { content: m.report_survey_help({ count: survey.of }, { locale }) });
  const { parts, heldBack } = describeSurvey(survey, locale);
  if (heldBack) pages.text('P', { content: heldBack });
  for (const { title, rows, few } of parts) {
    pages.skip(mm(2));
    pages.text('H3', { content: title }, { size: 11.5, weight: 'semibold' }, mm(15));
    if (rows.length > 0)
      await placePairs(
        pages,
        locale,
        '',
        rows.map(({ label, text }) => [label, text] as const),
      );
    if (few) pages.text('P', { content: few });
  }
}

function placeCompleteness(pages: Pages, { locale, event, figures, now }: PaperReport): void {
  heading(pages, m.report_complete({}, { locale }));
  for (const content of describeCompleteness(figures.completeness, locale).sentences)
    pages.text('P', { content, flow: 'auto' });
  if (event.erasedAt !== null && event.erasedAt <= now)
    pages.text('P', {
      content: m.report_data_erased({ moment: formatMoment(event.erasedAt, locale) }, { locale }),
    });
}
