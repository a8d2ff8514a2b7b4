import { fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { v5 } from 'uuid';
import type { EventId } from '$lib/domain/ids';
import { getLocale, localizeHref } from '$lib/i18n';
import { giveFeedback, pageWithoutSecrets } from '$lib/server/feedback';
import { parseFeedback, readTypedFeedback, type FeedbackProblems, type TypedFeedback } from './feedback-form';

/** What the form for a report begins with. */
export function newFeedback({ url, setHeaders }: Pick<RequestEvent, 'url' | 'setHeaders'>): {
  sent: boolean;
  typed: TypedFeedback;
} {
  setHeaders({ 'cache-control': 'private, no-cache' });
  const page = pageWithoutSecrets(url.searchParams.get('page') ?? '') ?? '';
  return {
    sent: url.searchParams.has('sent'),
    typed: { submission: crypto.randomUUID(), text: '', email: '', page },
  };
}

/** Takes a report in. @param event - the event whose page it came from, or null */
export async function receiveFeedback(
  { locals, request, getClientAddress }: RequestEvent,
  event: { id: EventId; slug: string } | null,
) {
  // A body that is no form is a form with nothing in it.
  const sent = readTypedFeedback(await request.formData().catch(() => new FormData()));
  const typed = { ...sent, page: pageWithoutSecrets(sent.page) ?? '' };
  const parsed = parseFeedback(typed);
  if ('problems' in parsed) return refuse(400, typed, parsed.problems);
  const { submission, text, email, page } = parsed.form;
  const outcome = await giveFeedback(
    locals.installation,
    {
      // Going back and writing something else makes another report.
      id: v5(JSON.stringify([text, email]), submission),
      eventId: event && event.id,
      text,
      email: email || null,
      page: page || null,
      locale: getLocale(),
    },
    getClientAddress(),
  );
  if (outcome.kind === 'too_many') {
    locals.retryAt = outcome.until;
    return refuse(429, typed, {});
  }
  redirect(303, `${localizeHref(`/${event ? event.slug : 'legal'}/feedback`)}?sent`);
}

const refuse = (status: 400 | 429, typed: TypedFeedback, problems: FeedbackProblems) =>
  fail(status, { typed, problems, tooMany: status === 429 });
