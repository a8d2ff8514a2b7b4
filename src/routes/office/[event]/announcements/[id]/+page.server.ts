import { error, fail, redirect } from '@sveltejs/kit';
import { isWritten } from '$lib/domain/announcement';
import { isLocale, locales, type Locale } from '$lib/i18n';
import { countReaders } from '$lib/server/announcement-readers';
import {
  discardAnnouncement,
  findAnnouncement,
  saveAnnouncement,
  sendAnnouncement,
  tryAnnouncement,
} from '$lib/server/announcements';
import { listWorkgroups } from '$lib/server/events';
import { readAnnouncement, type AnnouncementForm } from './announcement-form';
import { announcementOf } from './announcement-of';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ params, url, locals: { installation, organiser } }) => {
  const { event, announcement } = await announcementOf(installation, params);
  const readers = await countReaders(installation.db, event.id, announcement.audience);
  const wanted = url.searchParams.get('language');
  const { id, version, audience, texts, sentAt } = announcement;
  return {
    announcement: { id, version, audience, texts, sentAt },
    workgroups: (await listWorkgroups(installation.db, event.id)).map(({ id, title }) => ({ id, title })),
    readers: { total: readers.total, byLocale: readers.byLocale },
    /** The language of the preview: any that has a text. */
    language: isLocale(wanted) && isWritten(texts, wanted) ? wanted : 'de',
    address: organiser!.email,
    done: url.searchParams.get('done'),
    sends: installation.sendsMail,
  };
};

type Problem = 'too_long' | 'overtaken' | 'not_written' | 'half' | 'nobody' | 'unsure';

export const actions: Actions = {
  save: async (request) => {
    const kept = await keep(request);
    if (kept.kind === 'refused') return kept.answer;
    redirect(303, `${kept.page}?done=saved&language=${kept.language}`);
  },
  try: async (request) => {
    const kept = await keep(request);
    if (kept.kind === 'refused') return kept.answer;
    const { form, language } = kept;
    if (!isWritten(form.texts, language)) return refuse('not_written', form);
    const { installation, organiser } = request.locals;
    const { name, email: address } = organiser!;
    await tryAnnouncement(installation, kept.event.id, request.params.id, {
      name,
      address,
      locale: language,
    });
    redirect(303, `${kept.page}?done=tried&language=${language}`);
  },
  send: async (request) => {
    const kept = await keep(request);
    if (kept.kind === 'refused') return kept.answer;
    const { form } = kept;
    const half = locales.find((locale) => form.texts[locale] && !isWritten(form.texts, locale));
    if (half) return refuse('half', form, half);
    if (!kept.sure) return refuse('unsure', form);
    const { installation, organiser } = request.locals;
    const sent = { id: request.params.id, version: form.version };
    const outcome = await sendAnnouncement(installation, kept.event.id, sent, organiser);
    if (outcome.kind !== 'sent') return refuse(outcome.kind, form);
    redirect(303, `${kept.page}?done=sent`);
  },
  discard: async ({ params, locals: { installation } }) => {
    const { event, announcement } = await announcementOf(installation, params);
    await discardAnnouncement(installation, event.id, announcement.id);
    redirect(303, `/office/${event.slug}/announcements`);
  },
};

/** Whatever button was pressed, what stands in the form is kept first. */
async function keep({ params, request, locals: { installation } }: RequestEvent) {
  const { event, announcement } = await announcementOf(installation, params);
  const data = await request.formData().catch(() => new FormData());
  const read = readAnnouncement(data, await listWorkgroups(installation.db, event.id));
  if (read.kind === 'bad') error(400);
  const { form } = read;
  if (read.kind === 'too_long') return { kind: 'refused' as const, answer: refuse('too_long', form) };
  const { id } = announcement;
  if ((await saveAnnouncement(installation, event.id, { id, ...form })) === 'overtaken') {
    // Whoever saves once more has been told, and means it.
    const { version } = (await findAnnouncement(installation.db, event.id, id)) ?? announcement;
    return { kind: 'refused' as const, answer: refuse('overtaken', { ...form, version }) };
  }
  const language = data.get('language');
  return {
    kind: 'kept' as const,
    event,
    page: `/office/${event.slug}/announcements/${id}`,
    form: { ...form, version: form.version + 1 },
    language: isLocale(language) && isWritten(form.texts, language) ? language : ('de' as Locale),
    sure: data.get('sure') === 'yes',
  };
}

function refuse(problem: Problem, form: AnnouncementForm, language: Locale | null = null) {
  return fail(problem === 'overtaken' ? 409 : 400, { problem, form, language });
}
