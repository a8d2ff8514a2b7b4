import { fail, redirect } from '@sveltejs/kit';
import { germanOf, readTexts, saveGermanTexts } from '$lib/server/event-texts';
import { eventOf } from '../../event-of';
import { fieldsOf } from '../../../form-reader';
import type { FormRefusal } from '../../../form-state';
import { languagesOf } from '../languages';
import { countPoints, parseTexts, typedTexts } from './texts-form';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  const { texts, version } = await readTexts(installation.db, event.id);
  const fields = typedTexts(germanOf(texts));
  return {
    event: { slug: event.slug, title: event.texts.title },
    fields,
    version,
    languages: await languagesOf(installation.db, event.id),
    saved: url.searchParams.has('saved'),
  };
};

export const actions: Actions = {
  default: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const typed = await fieldsOf(request);
    const parsed = parseTexts(typed, countPoints(typed));
    if ('problems' in parsed)
      return fail<FormRefusal>(400, { typed, problems: parsed.problems, meanwhile: false });
    const edit = { german: parsed.german, version: typed.version ?? '' };
    const outcome = await saveGermanTexts(installation, event.id, edit, organiser);
    if (outcome.kind === 'changed_meanwhile')
      return fail<FormRefusal>(409, { typed, problems: {}, meanwhile: true });
    redirect(303, `/office/${event.slug}/setup/texts?saved`);
  },
};
