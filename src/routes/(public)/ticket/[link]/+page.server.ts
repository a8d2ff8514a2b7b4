import { error } from '@sveltejs/kit';
import { meetingOf } from '$lib/server/meeting';
import { readTicketContent } from '$lib/server/ticket-content';
import { readTicketLink } from '$lib/server/tickets';
import { read, viewEvent } from '../../event-view';
import { viewMeeting } from './meeting-view';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { installation }, params, setHeaders }) => {
  // Whoever has the address has the ticket: it goes to no other site, no cache and no search engine.
  setHeaders({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', 'x-robots-tag': 'noindex' });

  const id = readTicketLink(installation, params.link);
  const ticket = id && (await readTicketContent(installation.db, id));
  if (!ticket) error(404, 'no such ticket');

  return {
    event: viewEvent(ticket.event),
    name: ticket.registration.name,
    state: ticket.registration.state,
    workgroup: read(ticket.workgroup),
    room: read(ticket.room),
    ticketText: ticket.ticketText,
    meeting: viewMeeting(meetingOf(ticket, installation.clock())),
  };
};
