import { redirect } from '@sveltejs/kit';
import { listEventsOf } from '$lib/server/members';
import type { PageServerLoad } from './$types';

/** The events, the next one first; with one there is nothing to choose. */
export const load: PageServerLoad = async ({ locals: { installation, organiser } }) => {
  const events = await listEventsOf(installation.db, organiser!);
  const [only, ...others] = events;
  if (only && others.length === 0) redirect(303, `/office/${only.slug}`);
  const now = installation.clock();
  const upcoming = events.filter(({ endsAt }) => endsAt >= now);
  const past = events.filter(({ endsAt }) => endsAt < now).reverse();
  return {
    events: [...upcoming, ...past].map(({ slug, texts, startsAt, endsAt }) => ({
      slug,
      title: texts.title,
      startsAt,
      endsAt,
    })),
  };
};
