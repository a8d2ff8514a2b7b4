import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, RegistrationId } from '../../src/lib/domain/ids.ts';
import { addMillis, DAY, MINUTE, millis, type Millis } from '../../src/lib/domain/time.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import {
  deleteFeedback,
  giveFeedback,
  listFeedback,
  pageWithoutSecrets,
  type NewFeedback,
} from '../../src/lib/server/feedback.ts';
import { FEEDBACK_KEPT_FOR } from '../../src/lib/server/retention.ts';
import { ticketLink } from '../../src/lib/server/tickets.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

let opened: TestInstallation;
let eventId: EventId;
let otherId: EventId;
let now: Millis;

beforeEach(async () => {
  now = millis(Date.UTC(2026, 10, 24));
  opened = await testInstallation(() => now);
  eventId = await createEvent(opened.installation, dialogueEvening());
  otherId = await createEvent(opened.installation, dialogueEvening('other'));
});
afterEach(() => opened.dispose());

let given = 0;
function give(feedback: Partial<NewFeedback> = {}, address = '192.0.2.1') {
  const id = `feedback-${++given}`;
  return giveFeedback(
    opened.installation,
    { id, eventId, text: 'Der Kontrast ist zu schwach.', email: null, page: null, locale: 'de', ...feedback },
    address,
  );
}
const texts = async (id: EventId) => (await listFeedback(opened.installation, id)).map(({ text }) => text);

test('the office sees what was reported about its event and about no event, the newest first', async () => {
  await give({ text: 'first' });
  now = addMillis(now, MINUTE);
  await give({ text: 'of the other', eventId: otherId });
  now = addMillis(now, MINUTE);
  await give({ text: 'of none', eventId: null });
  expect(await texts(eventId)).toEqual(['of none', 'first']);
  expect(await texts(otherId)).toEqual(['of none', 'of the other']);
});

test('sent twice, it is kept once', async () => {
  await give({ id: 'same', text: 'once' });
  await give({ id: 'same', text: 'once' });
  expect(await texts(eventId)).toEqual(['once']);
});

test('one address gets through twenty times in ten minutes, and others meanwhile', async () => {
  for (let i = 0; i < 20; i++) expect(await give()).toEqual({ kind: 'kept' });
  expect(await give({ text: 'too many' })).toMatchObject({ kind: 'too_many' });
  expect(await give({}, '192.0.2.2')).toEqual({ kind: 'kept' });
  expect(await texts(eventId)).not.toContain('too many');
  now = addMillis(now, 10 * MINUTE);
  expect(await give()).toEqual({ kind: 'kept' });
});

test('it is deleted when it has been kept as long as was promised', async () => {
  await give();
  now = addMillis(now, FEEDBACK_KEPT_FOR - DAY);
  expect(await texts(eventId)).toHaveLength(1);
  now = addMillis(now, DAY);
  expect(await texts(eventId)).toEqual([]);
});

test('the office deletes a report of its own event, and no other', async () => {
  await give({ id: 'mine' });
  await give({ id: 'none', eventId: null });
  await give({ id: 'others', eventId: otherId });
  for (const id of ['mine', 'none', 'others', 'unknown'])
    await deleteFeedback(opened.installation, eventId, id);
  const left = await opened.installation.db.selectFrom('feedback').select('id').execute();
  expect(left).toEqual([{ id: 'others' }]);
});

describe('a ticket link is never kept', () => {
  const link = () =>
    ticketLink(opened.installation, '0198a8a2-1f4e-4f53-9c06-0d1f2a3b4c5d' as RegistrationId);

  test.each<[string, (link: string) => Partial<NewFeedback>]>([
    ['as the page', (link) => ({ page: `/ticket/${link}` })],
    ['as the page in another language', (link) => ({ page: `/ar/ticket/${link}` })],
    ['as a page behind two languages', (link) => ({ page: `/en/ar/ticket/${link}/calendar` })],
    ['as a page with capitals', (link) => ({ page: `/TICKET/${link}` })],
    ['as a page with a query', (link) => ({ page: `/integration?from=/ticket/${link}` })],
    ['as an encoded page', (link) => ({ page: `/en%2Fticket%2F${link}` })],
    ['as a whole address', (link) => ({ page: `https://einlass.example/ticket/${link}` })],
    ['in the text', (link) => ({ text: `Hier: https://einlass.example/tr/ticket/${link}?x, kein QR-Code` })],
    ['in the text without its path', (link) => ({ text: `Mein Ticket ist ${link}.` })],
    ['in the text, encoded', (link) => ({ text: `?to=%2Fticket%2F${link}` })],
  ])('%s', async (_, feedback) => {
    await give(feedback(link()));
    const rows = await opened.installation.db.selectFrom('feedback').selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(link());
  });

  test('and what stands around it in the text is', async () => {
    await give({ text: `Auf https://einlass.example/ticket/${link()} fehlt der Name` });
    expect(await texts(eventId)).toEqual(['Auf https://einlass.example/ticket/… fehlt der Name']);
  });
});

test.each([
  ['/integration/register', '/integration/register'],
  ['/en/integration', '/integration'],
  ['/leicht', '/'],
  ['/', '/'],
  ['/ticket', '/ticket'],
  ['/tickets-2026', '/tickets-2026'],
  ['//evil.test/x', null],
  ['integration', null],
  ['', null],
  ['/<script>', null],
  [`/${'a'.repeat(300)}`, null],
])('of the page %j it keeps %j', (page, kept) => {
  expect(pageWithoutSecrets(page)).toBe(kept);
});
