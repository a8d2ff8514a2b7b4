import { localizedText } from '../../domain/setting.ts';
import { describeNeeds } from '../../i18n/access-needs.ts';
import { formatDay } from '../../i18n/dates.ts';
import { m, type Locale } from '../../i18n/index.ts';
import type { EventPage } from '../events.ts';
import type { PrintedGuest, PrintedWorkgroup } from '../print-roster.ts';
import { organisers } from './badge.ts';
import { openDocument } from './document.ts';
import { Pages } from './pages.ts';
import { mm, type Content } from './sheet.ts';
import { whileRead } from './slowly.ts';

/** Wide enough for a pen. */
const ROW = mm(7);

/**
 * Prints for each workgroup a list to tick off, beginning on a page of its own. The document comes page by page, and
 * gives way to others between.
 */
export function streamRoomLists(
  event: EventPage,
  workgroups: PrintedWorkgroup[],
  locale: Locale,
): ReadableStream<Uint8Array> {
  const words = { locale };
  const title = localizedText(event.texts.title, locale);
  const name = m.print_lists({}, words);
  const doc = openDocument(locale, `${name} – ${title}`, event.texts.organiser);
  return whileRead(doc, async () => {
    for (const { number, title: subject, room, guests } of workgroups) {
      const pages = new Pages(doc, locale, `${title} · ${m.ticket_workgroup({}, words)} ${number}`);
      pages.text('P', { content: `${title}, ${formatDay(event.startsAt, locale)}` });
      const heading = organisers(subject, locale);
      pages.text(
        'H1',
        { ...heading, content: `${number}. ${heading.content}` },
        { size: 18, weight: 'semibold' },
      );
      pages.text('P', organisers(room, locale), { size: 13, weight: 'semibold' });
      pages.text('P', { content: m.print_people({ count: guests.length }, words) });
      pages.skip(mm(3));
      if (guests.length === 0) pages.text('P', { content: m.print_nobody({}, words) });
      else await placeGuests(pages, guests, locale);
      pages.end();
    }
  });
}

function placeGuests(pages: Pages, guests: PrintedGuest[], locale: Locale): Promise<void> {
  const rows = guests.map(({ name, needs }): Content[] => [
    { content: '' },
    { content: name, flow: 'auto' },
    { content: describeNeeds(needs, locale), flow: 'auto' },
  ]);
  return pages.table(
    [
      { title: m.print_ticked({}, { locale }), share: 0.1, box: true },
      { title: m.print_name({}, { locale }), share: 0.5 },
      { title: m.registration_needs({}, { locale }), share: 0.4 },
    ],
    rows,
    ROW,
  );
}
