import { redirect } from '@sveltejs/kit';
import { may } from '$lib/domain/office-rights';
import { registrationWindow } from '$lib/domain/registration-window';
import { listEventsOf } from '$lib/server/members';
import type { PageServerLoad } from './$types';

/** The events, the next one first; with one there is nothing to choose, unless the list itself was asked for. */
export const load: PageServerLoad = async ({ url, locals: { installation, organiser, standing } }) => {
  const events = await listEventsOf(installation.db, organiser!);
  const [only, ...others] = events;
  if (only && others.length === 0 && !url.searchParams.has('all')) redirect(303, `/office/${only.slug}`);
  const now = installation.clock();
  const upcoming = events.filter(({ endsAt }) => endsAt >= now);
  const past = events.filter(({ endsAt }) => endsAt < now).reverse();
  return {
    mayCreate: may(standing, 'create_events'),
    events: [...upcoming, ...past].map((event) => ({
      slug: event.slug,
      title: event.texts.title,
      startsAt: event.startsAt,
      endsAt: event.endsAt,
      isOver: event.endsAt < now,
      window: registrationWindow(event, now),
    })),
  };
};
