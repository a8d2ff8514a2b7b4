import { DESK_HITS, searchAtDesk } from '$lib/server/desk-view';
import { readSearch } from '../registrations/list-query';
import { eventOf } from '../event-of';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals: { installation } }) => {
  const { slug, texts } = await eventOf(installation, params.event);
  return { event: { slug, title: texts.title }, most: DESK_HITS };
};

export const actions: Actions = {
  search: async ({ params, request, locals: { installation } }) => {
    const event = await eventOf(installation, params.event);
    const search = readSearch(await request.formData().catch(() => new FormData()));
    return { search, found: await searchAtDesk(installation, event.id, search) };
  },
};
