import * as v from 'valibot';
import { EventIdSchema } from '$lib/domain/ids';
import { seenBy, type LiveView } from '$lib/domain/live-view';
import { may, type Standing } from '$lib/domain/office-rights';
import { SECOND } from '$lib/domain/time';
import { eventStream } from '$lib/server/event-stream';
import { findEvent } from '$lib/server/events';
import { readLiveView } from '$lib/server/live-view';
import { problem } from '$lib/server/problem';
import { standingOfWatcher } from '$lib/server/stream-access';
import type { RequestHandler } from './$types';

/** Without news a view is sent this often, because tablets are heard without anything having changed. */
const REFRESH = 10 * SECOND;
/** Several scans a second become one message, so that hundreds of open pages don't keep the server from its tablets. */
const GAP = 0.3 * SECOND;

/** The event as it stands: once as JSON, or as a stream for whoever accepts `text/event-stream`. */
export const GET: RequestHandler = async ({ params, request, locals }) => {
  const { installation, organiser } = locals;
  const id = v.safeParse(EventIdSchema, params.eventId);
  const event = id.success ? await findEvent(installation.db, { id: id.output }) : null;
  if (!event) return problem(404, 'unknown_event', 'There is no such event.');
  let { standing } = locals;
  const read = async () => textOf(await readLiveView(installation, event.id), standing);
  if (!request.headers.get('accept')?.includes('text/event-stream'))
    return new Response(await read(), {
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store', vary: 'accept' },
    });
  return eventStream({
    news: installation.news,
    metrics: installation.metrics,
    eventId: event.id,
    produce: read,
    // Whoever signs out elsewhere, whose session ends or whose role is taken away, sees nothing more.
    allowed: async () => {
      const now = await standingOfWatcher(installation, organiser!, event.id);
      if (now) standing = now;
      return now !== null && may(now, 'see_headcount');
    },
    onError: (err) => installation.log.error({ err }, 'live view failed'),
    gap: GAP,
    refresh: REFRESH,
  });
};

/** Each view as text: hundreds of pages get the same one, and writing it is most of the work. */
const texts = new WeakMap<LiveView, Partial<Record<'whole' | 'headcount', string>>>();

function textOf(view: LiveView, standing: Standing): string {
  const written = texts.get(view) ?? {};
  texts.set(view, written);
  return (written[may(standing, 'see_people') ? 'whole' : 'headcount'] ??= JSON.stringify(
    seenBy(standing, view),
  ));
}
