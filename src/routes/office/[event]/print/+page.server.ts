import { listWorkgroups } from '$lib/server/events';
import { eventOf } from '../event-of';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals: { installation } }) => {
  const { id, slug, texts, erasedAt } = await eventOf(installation, params.event);
  const workgroups = await listWorkgroups(installation.db, id);
  return {
    event: { slug, title: texts.title, erasedAt },
    workgroups: workgroups.map(({ id, number, title, taken }) => ({ id, number, title, taken })),
  };
};
