import { seenBy } from '$lib/domain/live-view';
import { readLiveView } from '$lib/server/live-view';
import type { PageServerLoad } from './$types';
import { eventOf } from './event-of';

export const load: PageServerLoad = async ({ params, locals: { installation, standing } }) => {
  const event = await eventOf(installation, params.event);
  const { id, slug, texts, startsAt, endsAt } = event;
  return {
    event: { id, slug, title: texts.title, venue: texts.venue, startsAt, endsAt },
    view: seenBy(standing, await readLiveView(installation, id)),
  };
};
