import { readFigures } from '$lib/server/event-figures';
import { listWorkgroups } from '$lib/server/events';
import { deletionDay } from '$lib/server/retention';
import { eventOf } from '../event-of';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  const workgroups = await listWorkgroups(installation.db, event.id);
  const now = installation.clock();
  return {
    event: { slug: event.slug, title: event.texts.title, erasedAt: event.erasedAt },
    workgroups: workgroups.map(({ id, number, title }) => ({ id, number, title })),
    figures: await readFigures(installation, event.id),
    deletedOn: deletionDay(event),
    ended: now >= event.endsAt,
    now,
  };
};
