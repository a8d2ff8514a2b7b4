import * as v from 'valibot';
import { EventIdSchema } from '$lib/domain/ids';
import { seenBy } from '$lib/domain/live-view';
import { may } from '$lib/domain/office-rights';
import { SECOND } from '$lib/domain/time';
import { readOrganiser } from '$lib/server/accounts';
import { eventStream } from '$lib/server/event-stream';
import { findEvent } from '$lib/server/events';
import { readLiveView } from '$lib/server/live-view';
import { readStanding } from '$lib/server/members';
import { problem } from '$lib/server/problem';
import type { RequestHandler } from './$types';

/** Without news a view is sent this often, because tablets are heard without anything having changed. */
const REFRESH = 10 * SECOND;

/** The event as it stands: once as JSON, or as a stream for whoever accepts `text/event-stream`. */
export const GET: RequestHandler = async ({ params, request, locals }) => {
  const { installation, organiser } = locals;
  const id = v.safeParse(EventIdSchema, params.eventId);
  const event = id.success ? await findEvent(installation.db, { id: id.output }) : null;
  if (!event) return problem(404, 'unknown_event', 'There is no such event.');
  let { standing } = locals;
  const read = async () => seenBy(standing, await readLiveView(installation, event.id));
  if (!request.headers.get('accept')?.includes('text/event-stream'))
    return Response.json(await read(), { headers: { 'cache-control': 'no-store', vary: 'accept' } });
  return eventStream({
    news: installation.news,
    eventId: event.id,
    produce: async () => JSON.stringify(await read()),
    // Whoever signs out elsewhere, whose session ends or whose role is taken away, sees no more from then on.
    allowed: async () => {
      if ((await readOrganiser(installation, request.headers)) === null) return false;
      standing = await readStanding(installation.db, organiser!.id, event.id);
      return may(standing, 'see_headcount');
    },
    onError: (err) => installation.log.error({ err }, 'live view failed'),
    refresh: REFRESH,
  });
};
