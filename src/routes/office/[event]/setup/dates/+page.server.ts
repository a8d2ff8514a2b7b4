import { fail, redirect } from '@sveltejs/kit';
import { countToTell } from '$lib/server/registrations';
import { readDates, saveDates } from '$lib/server/event-dates';
import { eventOf } from '../../event-of';
import { fieldsOf } from '../../../form-reader';
import type { FormRefusal } from '../../../form-state';
import { parseDates, typedDates } from './dates-form';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  const { dates, version } = await readDates(installation.db, event.id);
  return {
    event: { slug: event.slug, title: event.texts.title },
    fields: typedDates(dates),
    version,
    toTell: await countToTell(installation.db, event.id),
    saved: url.searchParams.has('saved'),
  };
};

export const actions: Actions = {
  default: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const typed = await fieldsOf(request);
    const parsed = parseDates(typed, event);
    if ('problems' in parsed)
      return fail<FormRefusal>(400, { typed, problems: parsed.problems, meanwhile: false });
    const edit = { dates: parsed.dates, version: typed.version ?? '' };
    const outcome = await saveDates(installation, event.id, edit, organiser);
    if (outcome.kind === 'changed_meanwhile')
      return fail<FormRefusal>(409, { typed, problems: {}, meanwhile: true });
    redirect(303, `/office/${event.slug}/setup/dates?saved`);
  },
};
