import { listEventsOf } from '$lib/server/members';
import { eventOf } from './event-of';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ params, locals: { installation, organiser } }) => {
  const { slug, texts } = await eventOf(installation, params.event);
  return {
    event: { slug, title: texts.title },
    others: (await listEventsOf(installation.db, organiser!)).length > 1,
  };
};
