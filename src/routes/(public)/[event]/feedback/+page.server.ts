import { error } from '@sveltejs/kit';
import { findEvent } from '$lib/server/events';
import { newFeedback, receiveFeedback } from '../../legal/feedback';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = newFeedback;

export const actions: Actions = {
  default: async (event) => {
    const about = await findEvent(event.locals.installation.db, { slug: event.params.event });
    if (!about) error(404, 'no such event');
    return receiveFeedback(event, about);
  },
};
