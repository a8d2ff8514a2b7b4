import { error } from '@sveltejs/kit';
import { read, viewEvent } from '../../event-view';
import type { LayoutServerLoad } from './$types';
import { findOwnTicket, OWN_HEADERS, ticketPage } from './own-ticket';

export const load: LayoutServerLoad = async (request) => {
  const ticket = await findOwnTicket(request);
  // Whether a phone may keep the page for when it has no network.
  request.setHeaders({ ...OWN_HEADERS, 'ticket-copy': ticket?.ticketText ? 'keep' : 'drop' });
  if (!ticket) error(404, 'no such ticket');

  const { registration } = ticket;
  const now = request.locals.installation.clock();
  return {
    event: viewEvent(ticket.event),
    page: ticketPage(request.params.link),
    name: registration.name,
    state: registration.state,
    workgroup: read(ticket.workgroup),
    room: read(ticket.room),
    ticketText: ticket.ticketText,
    ticketNumber: ticket.ticketNumber,
    /** Until the event begins; afterwards the doors' log tells what has happened. */
    changeable: now < ticket.event.startsAt && registration.state !== 'cancelled',
  };
};
