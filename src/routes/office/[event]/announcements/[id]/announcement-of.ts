import { error } from '@sveltejs/kit';
import * as v from 'valibot';
import { findAnnouncement, type Announcement } from '$lib/server/announcements';
import type { EventPage } from '$lib/server/events';
import type { Installation } from '$lib/server/installation';
import { eventOf } from '../../event-of';

const IdSchema = v.pipe(v.string(), v.uuid());

/** The announcement that an address names. @throws SvelteKit's 404 when there is none */
export async function announcementOf(
  installation: Installation,
  params: { event: string; id: string },
): Promise<{ event: EventPage; announcement: Announcement }> {
  const event = await eventOf(installation, params.event);
  const announcement = v.is(IdSchema, params.id)
    ? await findAnnouncement(installation.db, event.id, params.id)
    : null;
  return { event, announcement: announcement ?? error(404) };
}
