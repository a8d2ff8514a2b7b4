import { isActionFailure, isHttpError, isRedirect } from '@sveltejs/kit';
import { readFileSync } from 'node:fs';
import { render } from 'svelte/server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KEPT_DAYS } from '../../src/lib/domain/retention.ts';
import { addMillis, DAY, millis } from '../../src/lib/domain/time.ts';
import { getLocale, locales, m, type Locale } from '../../src/lib/i18n/index.ts';
import { formatDay } from '../../src/lib/i18n/dates.ts';
import { overwriteGetLocale } from '../../src/lib/i18n/paraglide/runtime.js';
import { createEvent, findEvent, type EventPage } from '../../src/lib/server/events.ts';
import { listFeedback } from '../../src/lib/server/feedback.ts';
import { parseOperator, type Operator } from '../../src/lib/server/operator.ts';
import { deletionDay } from '../../src/lib/server/retention.ts';
import { match, type NoticeName } from '../../src/params/notice.ts';
import { actions as eventActions } from '../../src/routes/(public)/[event]/feedback/+page.server.ts';
import { viewEvent } from '../../src/routes/(public)/event-view.ts';
import { actions as legalActions, load } from '../../src/routes/(public)/legal/feedback/+page.server.ts';
import type { FeedbackProblems, TypedFeedback } from '../../src/routes/(public)/legal/feedback-form.ts';
import Notice from '../../src/routes/(public)/legal/Notice.svelte';
import { retentionOf } from '../../src/routes/(public)/legal/retention.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

const NOTICES: NoticeName[] = ['imprint', 'privacy', 'accessibility'];
const EXAMPLE = parseOperator(
  readFileSync(new URL('../../docs/operator.example.json', import.meta.url), 'utf8'),
  'example',
);
const spoken = getLocale;
const now = millis(Date.UTC(2026, 10, 24));

let opened: TestInstallation;
let event: EventPage;

beforeEach(async () => {
  opened = await testInstallation(() => now);
  await createEvent(opened.installation, dialogueEvening());
  event = (await findEvent(opened.installation.db, { slug: 'integration' }))!;
});
afterEach(async () => {
  overwriteGetLocale(spoken);
  await opened.dispose();
});

/** The page as it is sent, in a language. */
function show(
  notice: NoticeName,
  locale: Locale,
  operator: Operator,
  about: EventPage | null = event,
): string {
  overwriteGetLocale(() => locale);
  const url = new URL(`http://einlass.test/${about?.slug ?? 'legal'}/${notice}`);
  const { body } = render(Notice, {
    props: {
      notice,
      operator,
      ...(about && { event: viewEvent(about) }),
      retention: retentionOf(about ?? KEPT_DAYS),
    },
    context: new Map([['__request__', { page: { url } }]]),
  });
  return body;
}

const without = (operator: Operator, ...fields: (keyof Operator)[]): Operator =>
  Object.fromEntries(Object.entries(operator).filter(([field]) => !fields.includes(field as keyof Operator)));

describe.each(locales)('in %s', (locale) => {
  test.each(NOTICES)('the %s of an operator who has said everything lacks nothing', (notice) => {
    for (const about of [event, null]) {
      const html = show(notice, locale, EXAMPLE, about);
      expect(html).toContain('Musterstadt');
      expect(html).not.toContain('id="incomplete"');
      expect(html).not.toContain(m.legal_missing());
      expect(html).not.toMatch(/undefined|\[object|NaN/);
    }
  });

  test.each(NOTICES)('the %s of an operator who has said nothing says what is missing', (notice) => {
    for (const about of [event, null]) {
      const html = show(notice, locale, {}, about);
      expect(html).toContain('id="incomplete"');
      expect(html).toContain(m.legal_missing());
      expect(html).not.toMatch(/undefined|\[object|NaN/);
    }
  });

  test('each notice says that the German one is binding, and leads to it', () => {
    for (const notice of NOTICES) {
      const html = show(notice, locale, EXAMPLE);
      expect(html.includes('hreflang="de"')).toBe(locale !== 'de');
      if (locale !== 'de') expect(html).toContain(m.legal_binding());
    }
  });

  test("an event's notices name whom to ask", () => {
    for (const notice of NOTICES) {
      expect(show(notice, locale, EXAMPLE)).toContain('Frank Mertens');
      expect(show(notice, locale, EXAMPLE, null)).not.toContain('Frank Mertens');
    }
  });
});

describe('what a notice says', () => {
  test('of one missing field, exactly this one is named', () => {
    const html = show('imprint', 'de', without(EXAMPLE, 'postalCode'));
    expect(/id="incomplete"[\s\S]*?<\/section>/.exec(html)?.[0].match(/<li>.*?<\/li>/g)).toEqual([
      expect.stringContaining('Postleitzahl'),
    ]);
  });

  test('the day by which registrations are deleted is the one that the server keeps', () => {
    expect(show('privacy', 'de', EXAMPLE)).toContain(formatDay(deletionDay(event), 'de'));
    expect(show('privacy', 'de', EXAMPLE, null)).toContain('Längste Frist in Tagen: 28.');
    expect(show('privacy', 'de', EXAMPLE)).toContain('Längste Frist in Tagen: 180.');
  });

  test('the legal basis is that of a public body, of another, or openly unknown', () => {
    expect(show('privacy', 'de', { ...EXAMPLE, publicBody: true })).toContain('Art. 6 Abs. 1 Buchst. e');
    expect(show('privacy', 'de', { ...EXAMPLE, publicBody: false })).toContain('Art. 6 Abs. 1 Buchst. f');
    const unknown = show('privacy', 'de', without(EXAMPLE, 'publicBody'));
    expect(unknown).not.toMatch(/Art\. 6 Abs\. 1 Buchst\. [ef]/);
    expect(unknown).toContain(`${m.legal_public_body()}: ${m.legal_missing()}`);
  });

  test('pages that nobody has assessed are not said to be accessible', () => {
    const html = show('accessibility', 'de', {});
    expect(html).toContain(m.legal_status_unknown());
    for (const claim of [m.legal_status_full(), m.legal_status_partial(), m.legal_status_none()])
      expect(html).not.toContain(claim);
  });

  test('an exception is told in the language of the page, or in German and marked as such', () => {
    const html = show('accessibility', 'en', EXAMPLE);
    expect(html).toContain('The events&#39; own texts are not translated'.replace('&#39;', "'"));
    expect(html).toContain('<bdi lang="de">Es gibt kein Video in Deutscher Gebärdensprache.</bdi>');
  });

  test('what the operator writes is text and no markup', () => {
    expect(show('imprint', 'de', { ...EXAMPLE, name: '<script>alert(1)</script>' })).not.toContain(
      '<script>',
    );
  });
});

test.each([
  ['imprint', true],
  ['privacy', true],
  ['accessibility', true],
  ['register', false],
  ['', false],
  ['constructor', false],
])('%j is a notice: %s', (part, is) => {
  expect(match(part)).toBe(is);
});

describe('a report of a barrier', () => {
  const good = {
    submission: '0198a8a2-1f4e-4f53-9c06-0d1f2a3b4c5d',
    text: 'Der Knopf ist mit der Tastatur nicht zu erreichen.',
    email: '',
    page: '/integration/register',
  };
  const formOf = (fields: Record<string, string | Blob>) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.append(name, value);
    return data;
  };

  /** What the form answers: the page to go to, or itself with a status. */
  async function send(body: BodyInit, slug: string | null = 'integration', headers: HeadersInit = {}) {
    const request = new Request('http://einlass.test/feedback', { method: 'POST', body, headers });
    const sent = {
      request,
      locals: { installation: opened.installation },
      params: { event: slug ?? '' },
      getClientAddress: () => '192.0.2.1',
    };
    try {
      const answer = await (slug === null ? legalActions : eventActions).default!(sent as never);
      if (!isActionFailure(answer)) throw new Error('neither kept nor refused');
      return {
        status: answer.status,
        ...(answer.data as unknown as { typed: TypedFeedback; problems: FeedbackProblems; tooMany: boolean }),
      };
    } catch (thrown) {
      if (isRedirect(thrown)) return { status: thrown.status, location: thrown.location };
      if (isHttpError(thrown)) return { status: thrown.status };
      throw thrown;
    }
  }
  const kept = () => listFeedback(opened.installation, event.id);

  test('leads to a page that can be reloaded, and is kept once however often it is sent', async () => {
    const answer = { status: 303, location: '/integration/feedback?sent' };
    expect(await send(formOf(good))).toEqual(answer);
    expect(await send(formOf(good))).toEqual(answer);
    expect(await kept()).toMatchObject([
      { event_id: event.id, text: good.text, email: null, page: good.page, locale: 'de', created_at: now },
    ]);
  });

  test('going back and writing something else makes another', async () => {
    await send(formOf(good));
    await send(formOf({ ...good, text: 'Und die Schrift ist zu klein.' }));
    expect(await kept()).toHaveLength(2);
  });

  test('about no event is kept without one', async () => {
    expect(await send(formOf({ ...good, page: '/legal/privacy' }), null)).toEqual({
      status: 303,
      location: '/legal/feedback?sent',
    });
    expect(await kept()).toMatchObject([{ event_id: null, page: '/legal/privacy' }]);
  });

  test('about an event that there is not is nobody’s', async () => {
    expect(await send(formOf(good), 'nothing')).toEqual({ status: 404 });
  });

  test.each<[string, Record<string, string>, FeedbackProblems]>([
    ['no text', { text: ' \t ' }, { text: 'text_missing' }],
    ['a text that nobody sees', { text: '\0\u200b' }, { text: 'text_missing' }],
    ['a text of 2001 characters', { text: 'ä'.repeat(2001) }, { text: 'text_too_long' }],
    ['half an address', { email: 'fatma@' }, { email: 'email_wrong' }],
    [
      'an address of 255 characters',
      { email: `${'a'.repeat(243)}@example.org` },
      { email: 'email_too_long' },
    ],
    ['both', { text: '', email: 'x' }, { text: 'text_missing', email: 'email_wrong' }],
  ])('with %s comes back as it was typed', async (_, fields, problems) => {
    const typed = { ...good, ...fields };
    expect(await send(formOf(typed))).toEqual({ status: 400, typed, problems, tooMany: false });
    expect(await kept()).toEqual([]);
  });

  test('may have 2000 characters on several lines, and an address for the answer', async () => {
    const text = `Zeile 1\r\n${'😀'.repeat(1990)}`;
    await send(formOf({ ...good, text, email: ' fatma@example.org ' }));
    expect(await kept()).toMatchObject([{ text: text.replace('\r', ''), email: 'fatma@example.org' }]);
  });

  test('one too many comes back as it was typed', async () => {
    for (let i = 0; i < 20; i++) await send(formOf({ ...good, text: `Meldung ${i}` }));
    expect(await send(formOf(good))).toEqual({ status: 429, typed: good, problems: {}, tooMany: true });
  });

  test('from a ticket page knows only that it was one', async () => {
    const link = 'A'.repeat(43);
    const page = `/en/ticket/${link}`;
    await send(formOf({ ...good, page, text: `http://einlass.test${page}` }));
    expect(await kept()).toMatchObject([{ page: '/ticket', text: 'http://einlass.test/en/ticket/…' }]);
    const refused = await send(formOf({ ...good, page, text: '' }));
    expect(refused).toMatchObject({ status: 400, typed: { page: '/ticket' } });
  });

  test('begins with the page that it is about, and never with a ticket link', async () => {
    const begin = (query: string) =>
      load({
        url: new URL(`http://einlass.test/legal/feedback${query}`),
        setHeaders: () => {},
        locals: { installation: opened.installation },
      } as never);
    expect(await begin('?page=/en/integration')).toMatchObject({
      sent: false,
      typed: { page: '/integration' },
    });
    expect(await begin(`?page=/ticket/${'A'.repeat(43)}`)).toMatchObject({ typed: { page: '/ticket' } });
    expect(await begin('?page=%00&page=x')).toMatchObject({ typed: { page: '' } });
    expect(await begin('?sent')).toMatchObject({ sent: true });
  });

  const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' };
  test.each<[string, () => BodyInit, Record<string, string>?]>([
    ['nothing', () => '', urlencoded],
    ['a body that is no form', () => '{"text":"x"}', { 'content-type': 'application/json' }],
    ['a broken multipart body', () => '--x', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['broken percent signs', () => 'text=%&email=%zz', urlencoded],
    ['bytes that are no text', () => new Uint8Array([116, 101, 120, 116, 61, 0xff, 0]), urlencoded],
    ['files', () => formOf({ text: new Blob(['a']), email: new Blob(['b']), page: new Blob([]) })],
    ['a megabyte', () => formOf({ ...good, text: 'ä'.repeat(500_000) })],
    ['a page of zero bytes', () => formOf({ page: '\0'.repeat(100) })],
  ])('of %s is a form with mistakes or a report, never a failure', async (_, body, headers) => {
    expect([303, 400]).toContain((await send(body(), 'integration', headers)).status);
  });
});

test('the notice names the periods that the server keeps to', () => {
  const { registrationDays, feedbackDays } = retentionOf(event);
  expect(deletionDay(event)).toBe(addMillis(event.endsAt, registrationDays * DAY));
  expect(feedbackDays).toBe(180);
});
