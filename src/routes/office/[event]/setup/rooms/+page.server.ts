import { fail, redirect } from '@sveltejs/kit';
import { countWaiting } from '$lib/server/registrations';
import { readVenue, saveVenue } from '$lib/server/venue-setting';
import { eventOf } from '../../event-of';
import { fieldsOf } from '../../../form-reader';
import type { FormRefusal } from '../../../form-state';
import { parseVenue, typedVenue } from './venue-form';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  const venue = await readVenue(installation.db, event.id);
  const waiting = await countWaiting(installation.db, event.id);
  return {
    event: { slug: event.slug, title: event.texts.title },
    rooms: venue.rooms,
    workgroups: venue.workgroups.map((workgroup) => ({
      ...workgroup,
      waiting: waiting.get(workgroup.id) ?? 0,
    })),
    fields: typedVenue(venue),
    version: venue.version,
    saved: url.searchParams.has('saved'),
  };
};

export const actions: Actions = {
  default: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const typed = await fieldsOf(request);
    const refuse = (status: number, problems: FormRefusal['problems'], meanwhile = false) =>
      fail<FormRefusal>(status, { typed, problems, meanwhile });
    const parsed = parseVenue(typed, await readVenue(installation.db, event.id));
    if ('problems' in parsed) return refuse(400, parsed.problems);
    const outcome = await saveVenue(installation, event.id, parsed.edit, organiser);
    switch (outcome.kind) {
      case 'saved':
        redirect(303, `/office/${event.slug}/setup/rooms?saved`);
      // eslint-disable-next-line no-fallthrough -- redirect() throws
      case 'changed_meanwhile':
        return refuse(409, {}, true);
      case 'too_many':
        return refuse(409, { 'new-groups': 'too_many' });
      case 'refused':
        return refuse(409, {
          ...Object.fromEntries([...outcome.rooms].map(([id, why]) => [`room-remove-${id}`, why])),
          ...Object.fromEntries([...outcome.workgroups].map(([id, why]) => [`group-remove-${id}`, why])),
        });
    }
  },
};
