import { authenticateDevice } from '$lib/server/devices';
import { eventStream } from '$lib/server/event-stream';
import { mayTabletListen } from '$lib/server/stream-access';
import { notPaired } from '../not-paired';
import type { RequestHandler } from './$types';

/** Tells a tablet that there is something to fetch; what it is comes with the sync. */
export const GET: RequestHandler = async (event) => {
  const { request, locals } = event;
  const { installation } = locals;
  const authenticated = await authenticateDevice(installation.db, request.headers.get('authorization'));
  if (!authenticated || authenticated.handInOnly) return notPaired(event);
  return eventStream({
    news: installation.news,
    metrics: installation.metrics,
    eventId: authenticated.device.event_id,
    produce: () => Promise.resolve('news'),
    // A revoked tablet learns that it is with its next sync, and hears nothing more after that.
    allowed: () => mayTabletListen(installation, authenticated.device),
    onError: (err) => installation.log.error({ err }, 'news stream failed'),
  });
};
