import { fail, redirect } from '@sveltejs/kit';
import { replaceOwnTicket } from '$lib/server/self-service';
import { openAction, ticketPage } from '../own-ticket';
import type { Actions } from './$types';

export const actions: Actions = {
  default: async (event) => {
    const { ticket, tooMany } = await openAction(event);
    if (tooMany) return fail(429, { refused: 'too_many' as const });
    const { installation } = event.locals;
    const outcome = await replaceOwnTicket(installation, ticket.event.id, ticket.registration.id);
    if (outcome.kind !== 'changed') return fail(409, { refused: 'too_late' as const });
    redirect(303, ticketPage(event.params.link, 'replaced'));
  },
};
