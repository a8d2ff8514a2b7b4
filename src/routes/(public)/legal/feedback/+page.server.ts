import { newFeedback, receiveFeedback } from '../feedback';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => ({
  ...newFeedback(event),
  owner: event.locals.installation.operator.name,
});

export const actions: Actions = { default: (event) => receiveFeedback(event, null) };
