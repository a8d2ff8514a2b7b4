import { registrationWindow } from '$lib/domain/registration-window';
import { listWorkgroups } from '$lib/server/events';
import { publicReading } from '$lib/server/reading';
import { viewEvent, viewWorkgroup } from '../event-view';
import type { LayoutServerLoad } from './$types';
import { visibleEvent } from './visible-event';

export const load: LayoutServerLoad = async (request) => {
  const { installation } = request.locals;
  // Whoever registers sees the places that are left by now.
  const registers = request.route.id.endsWith('/register');
  const db = registers ? installation.db : publicReading(installation, request.request);
  const { event, preview } = await visibleEvent(request, db);
  const now = installation.clock();
  // A preview shows the page as it would be if the event were published now.
  const window = registrationWindow(preview ? { ...event, publishedAt: now } : event, now);
  return {
    event: viewEvent(event),
    preview,
    window,
    open: window.kind === 'open',
    workgroups: (await listWorkgroups(db, event.id)).map(viewWorkgroup),
  };
};
