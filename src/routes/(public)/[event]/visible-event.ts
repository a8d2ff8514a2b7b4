import { error, type RequestEvent } from '@sveltejs/kit';
import { may } from '$lib/domain/office-rights';
import { readOrganiser } from '$lib/server/accounts';
import type { Database } from '$lib/server/database/open';
import { findEvent, type EventPage } from '$lib/server/events';
import { readStanding } from '$lib/server/members';

type Request = Pick<RequestEvent<{ event: string }>, 'locals' | 'params' | 'request'>;

/** The event of a public address; `preview`: a draft, shown as it will be. */
export interface VisibleEvent {
  event: EventPage;
  preview: boolean;
}

/**
 * The event of a public address. A draft is there only for whoever sets it up.
 *
 * @param db - where it is read from
 * @throws SvelteKit's 404 for everybody else, and where there is no such event
 */
export async function visibleEvent(
  { locals, params, request }: Request,
  db: Database = locals.installation.db,
): Promise<VisibleEvent> {
  const { installation } = locals;
  let event = await findEvent(db, { slug: params.event });
  // It may have been made, or published, a moment ago.
  if (db !== installation.db && !event?.publishedAt)
    event = await findEvent(installation.db, { slug: params.event });
  if (!event) error(404, 'no such event');
  if (event.publishedAt !== null) return { event, preview: false };
  const organiser = await readOrganiser(installation, request.headers);
  const standing = organiser && (await readStanding(installation.db, organiser.id, event.id));
  if (!standing || !may(standing, 'set_up_event')) error(404, 'no such event');
  locals.preview = true;
  return { event, preview: true };
}
