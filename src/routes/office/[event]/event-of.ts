import { error } from '@sveltejs/kit';
import { findEvent, type EventPage } from '$lib/server/events';
import type { Installation } from '$lib/server/installation';

/** The event of an office page, by the slug in its address. @throws SvelteKit's 404 where there is none */
export async function eventOf(installation: Installation, slug: string): Promise<EventPage> {
  return (await findEvent(installation.db, { slug })) ?? error(404);
}
