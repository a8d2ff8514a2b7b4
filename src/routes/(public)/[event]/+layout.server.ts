import { error } from '@sveltejs/kit';
import { findEvent, listWorkgroups } from '$lib/server/events';
import { isRegistrationOpen } from '$lib/server/form-registration';
import { viewEvent, viewWorkgroup } from '../event-view';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals: { installation }, params }) => {
  const event = await findEvent(installation.db, { slug: params.event });
  if (!event) error(404, 'no such event');
  return {
    event: viewEvent(event),
    open: isRegistrationOpen(event, installation.clock()),
    workgroups: (await listWorkgroups(installation.db, event.id)).map(viewWorkgroup),
  };
};
