import { may } from '$lib/domain/office-rights';
import { listEventsOf } from '$lib/server/members';
import { eventOf } from './event-of';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ params, locals }) => {
  const { installation, organiser, standing } = locals;
  const { slug, texts } = await eventOf(installation, params.event);
  return {
    event: { slug, title: texts.title },
    others: may(standing, 'create_events') || (await listEventsOf(installation.db, organiser!)).length > 1,
  };
};
