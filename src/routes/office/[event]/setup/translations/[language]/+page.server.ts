import { error, fail, redirect } from '@sveltejs/kit';
import { baseLocale, isLocale, type Locale } from '$lib/i18n';
import {
  listTranslatable,
  saveTranslations,
  translationVersion,
  type Translatable,
} from '$lib/server/event-translations';
import { eventOf } from '../../../event-of';
import { FieldReader, fieldsOf, ParagraphSchema } from '../../../../form-reader';
import type { FormRefusal } from '../../../../form-state';
import { languagesOf } from '../../languages';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  const language = languageOf(params.language);
  const texts = await listTranslatable(installation.db, event.id);
  return {
    event: { slug: event.slug, title: event.texts.title },
    language,
    texts: texts.map(({ key, kind, text }) => ({ key, kind, german: text.de, missing: !text[language] })),
    fields: fieldsOfTexts(texts, language),
    version: translationVersion(texts, language),
    languages: await languagesOf(installation.db, event.id),
    saved: url.searchParams.has('saved'),
  };
};

export const actions: Actions = {
  default: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const language = languageOf(params.language);
    const typed = await fieldsOf(request);
    const form = new FieldReader(typed);
    const texts = await listTranslatable(installation.db, event.id);
    const translations = new Map(texts.map(({ key }) => [key, form.read(key, ParagraphSchema)]));
    if (form.failed) return fail<FormRefusal>(400, { typed, problems: form.problems, meanwhile: false });
    const edit = { translations, version: typed.version ?? '' };
    const outcome = await saveTranslations(installation, event.id, language, edit, organiser);
    if (outcome.kind === 'changed_meanwhile')
      return fail<FormRefusal>(409, { typed, problems: {}, meanwhile: true });
    redirect(303, `/office/${event.slug}/setup/translations/${language}?saved`);
  },
};

const fieldsOfTexts = (texts: Translatable[], language: string) =>
  Object.fromEntries(texts.map(({ key, text }) => [key, text[language] ?? '']));

/** @throws SvelteKit's 404 for German, which is not translated, and for what is no language of ours */
function languageOf(text: string): Locale {
  if (!isLocale(text) || text === baseLocale) error(404);
  return text;
}
