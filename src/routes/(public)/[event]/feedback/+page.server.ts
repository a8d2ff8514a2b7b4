import { newFeedback, receiveFeedback } from '../../legal/feedback';
import { visibleEvent } from '../visible-event';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = newFeedback;

export const actions: Actions = {
  default: async (event) => {
    const { event: about } = await visibleEvent(event);
    return receiveFeedback(event, about);
  },
};
