import { redirect } from '@sveltejs/kit';
import { localizeHref } from '$lib/i18n';
import { listPublicEvents } from '$lib/server/events';
import { publicReading } from '$lib/server/reading';
import type { PageServerLoad } from './$types';
import { viewEvent } from './event-view';

export const load: PageServerLoad = async ({ locals, request }) => {
  const events = await listPublicEvents(publicReading(locals.installation, request));
  const [only, ...others] = events;
  if (only && others.length === 0) redirect(307, localizeHref(`/${only.slug}`));
  return { events: events.map(viewEvent) };
};
