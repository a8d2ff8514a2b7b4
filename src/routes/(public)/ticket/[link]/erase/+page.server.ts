import { fail, redirect } from '@sveltejs/kit';
import { localizeHref } from '$lib/i18n';
import { listCompanions } from '$lib/server/registrations';
import { eraseOwnRegistration } from '$lib/server/self-service';
import { chosenCompanions } from '../companions';
import { openAction, ownTicket } from '../own-ticket';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
  const { event, registration } = await ownTicket(request);
  const { db, clock } = request.locals.installation;
  const companions = await listCompanions(db, registration.id);
  return {
    /** Then erasing is no longer a cancellation. */
    over: clock() >= event.endsAt,
    companions: companions.map(({ id, name }) => ({ id, name })),
  };
};

export const actions: Actions = {
  default: async (event) => {
    const { installation } = event.locals;
    const { ticket, data, tooMany } = await openAction(event);
    if (tooMany) return fail(429, { refused: 'too_many' as const });
    const own = ticket.registration.id;
    // Whoever is erased has no companions any more: they are looked for first, and go first.
    for (const id of [...(await chosenCompanions(installation.db, own, data)), own])
      await eraseOwnRegistration(installation, ticket.event.id, id);
    redirect(303, localizeHref(`/ticket/erased/${event.params.link}`));
  },
};
