import * as v from 'valibot';
import type { EventId } from '$lib/domain/ids';
import { listWorkgroups } from '$lib/server/events';
import type { Installation } from '$lib/server/installation';
import { listRegistrations } from '$lib/server/registration-list';
import type { Actions, PageServerLoad } from './$types';
import { readFilters, readSearch } from './list-query';
import { eventOf } from '../event-of';

const DoneSchema = v.fallback(v.nullable(v.picklist(['move', 'cancel'])), null);
const CountSchema = v.fallback(v.pipe(v.string(), v.regex(/^\d{1,4}$/), v.transform(Number)), 0);

export const load: PageServerLoad = async ({ params, url, request, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  const workgroups = await listWorkgroups(installation.db, event.id);
  // Whoever searches gets the list from the action. The address is asked first: leaving the search must load anew.
  const searching = url.searchParams.has('/search') && request.method === 'POST';
  const done = v.parse(DoneSchema, url.searchParams.get('done'));
  return {
    event: { slug: event.slug, title: event.texts.title },
    workgroups: workgroups.map(({ id, title, places, taken }) => ({
      id,
      title,
      free: Math.max(0, places - taken),
    })),
    filters: readFilters(url.searchParams, workgroups),
    list: searching ? null : await readList(installation, event.id, url, ''),
    done: done && { what: done, count: v.parse(CountSchema, url.searchParams.get('count')) },
  };
};

export const actions: Actions = {
  search: async ({ params, url, request, locals: { installation } }) => {
    const event = await eventOf(installation, params.event);
    const search = readSearch(await request.formData().catch(() => new FormData()));
    return { search, list: await readList(installation, event.id, url, search) };
  },
};

async function readList(installation: Installation, eventId: EventId, url: URL, search: string) {
  const filters = readFilters(url.searchParams, await listWorkgroups(installation.db, eventId));
  return listRegistrations(installation, eventId, { ...filters, search });
}
