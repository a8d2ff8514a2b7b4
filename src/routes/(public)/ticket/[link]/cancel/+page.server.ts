import { fail, redirect } from '@sveltejs/kit';
import { listCompanions } from '$lib/server/registrations';
import { cancelOwnRegistration } from '$lib/server/self-service';
import { chosenCompanions } from '../companions';
import { openAction, ownTicket, ticketPage } from '../own-ticket';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
  const { registration } = await ownTicket(request);
  const companions = await listCompanions(request.locals.installation.db, registration.id);
  return {
    companions: companions.filter(({ state }) => state !== 'cancelled').map(({ id, name }) => ({ id, name })),
  };
};

export const actions: Actions = {
  default: async (event) => {
    const { installation } = event.locals;
    const { ticket, data, tooMany } = await openAction(event);
    if (tooMany) return fail(429, { refused: 'too_many' as const });
    const own = ticket.registration.id;
    for (const id of [own, ...(await chosenCompanions(installation.db, own, data))]) {
      const outcome = await cancelOwnRegistration(installation, ticket.event.id, id);
      if (outcome.kind !== 'changed') return fail(409, { refused: 'too_late' as const });
    }
    redirect(303, ticketPage(event.params.link));
  },
};
