import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { localizeHref } from '$lib/i18n';
import { registrationWindow } from '$lib/domain/registration-window';
import { meetingOf } from '$lib/server/meeting';
import { findAddress } from '$lib/server/outbox';
import { waitingBefore } from '$lib/server/places';
import { listCompanions } from '$lib/server/registrations';
import { sendTicketAgain } from '$lib/server/self-service';
import { ticketLink } from '$lib/server/tickets';
import { viewMeeting } from './meeting-view';
import type { Actions, PageServerLoad } from './$types';
import { DONE, openAction, ownTicket, ticketPage } from './own-ticket';

const DoneSchema = v.fallback(v.nullable(v.picklist(DONE)), null);

export const load: PageServerLoad = async (request) => {
  const { installation } = request.locals;
  const ticket = await ownTicket(request);
  const { event, registration } = ticket;
  const now = installation.clock();
  const address = await findAddress(installation.db, registration.id);
  const companions = await listCompanions(installation.db, registration.id);
  return {
    shownAt: now,
    meeting: viewMeeting(meetingOf(ticket, now)),
    done: v.parse(DoneSchema, request.url.searchParams.get('done')),
    before: await waitingBefore(installation.db, registration),
    sendTo: address && masked(address),
    again: registrationWindow(event, now).kind === 'open' ? localizeHref(`/${event.slug}/register`) : null,
    companions: companions.map(({ id, name, state }) => ({
      id,
      name,
      state,
      page: ticketPage(ticketLink(installation, id)),
    })),
  };
};

export const actions: Actions = {
  send: async (event) => {
    const { ticket, tooMany } = await openAction(event);
    if (tooMany) return fail(429, { refused: 'too_many' as const });
    if (!ticket.ticketText) return fail(409, { refused: 'no_ticket' as const });
    await sendTicketAgain(event.locals.installation, ticket.event.id, ticket.registration.id);
    redirect(303, ticketPage(event.params.link, 'sent'));
  },
};

/** Enough of an address to recognise one's own. */
function masked(address: string): string {
  const at = address.lastIndexOf('@');
  return `${[...address][0]}…${address.slice(at)}`;
}
