import { error, redirect } from '@sveltejs/kit';
import { deleteFeedback, listFeedback } from '$lib/server/feedback';
import type { Actions, PageServerLoad } from './$types';
import { eventOf } from '../event-of';

export const load: PageServerLoad = async ({ params, locals: { installation } }) => {
  const event = await eventOf(installation, params.event);
  const rows = await listFeedback(installation, event.id);
  return {
    reports: rows.map(({ id, event_id, text, email, page, locale, created_at }) => ({
      id,
      ofEvent: event_id !== null,
      text,
      email,
      page,
      locale,
      at: created_at,
    })),
  };
};

export const actions: Actions = {
  delete: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const data = await request.formData().catch(() => new FormData());
    const id = data.get('report');
    if (typeof id !== 'string') error(400);
    await deleteFeedback(installation, event.id, id, organiser);
    // Reloading the page afterwards shall not send the form again.
    redirect(303, `/office/${event.slug}/feedback`);
  },
};
