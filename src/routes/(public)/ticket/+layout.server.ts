import { listPublicEvents } from '$lib/server/events';
import { languageOf, read } from '../event-view';
import type { LayoutServerLoad } from './$types';

/** Of which events a ticket that is not found may be: of those that are not over. */
export const load: LayoutServerLoad = async ({ locals: { installation } }) => {
  const events = await listPublicEvents(installation.db);
  return {
    ticketEvents: events
      .filter(({ endsAt }) => endsAt > installation.clock())
      .map(({ slug, texts: { title } }) => ({ slug, title: read(title), language: languageOf(title) })),
  };
};
