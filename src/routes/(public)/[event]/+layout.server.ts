import { registrationWindow } from '$lib/domain/registration-window';
import { listWorkgroups } from '$lib/server/events';
import { viewEvent, viewWorkgroup } from '../event-view';
import type { LayoutServerLoad } from './$types';
import { visibleEvent } from './visible-event';

export const load: LayoutServerLoad = async (request) => {
  const { event, preview } = await visibleEvent(request);
  const { installation } = request.locals;
  const now = installation.clock();
  // A preview shows the page as it would be if the event were published now.
  const window = registrationWindow(preview ? { ...event, publishedAt: now } : event, now);
  return {
    event: viewEvent(event),
    preview,
    window,
    open: window.kind === 'open',
    workgroups: (await listWorkgroups(installation.db, event.id)).map(viewWorkgroup),
  };
};
