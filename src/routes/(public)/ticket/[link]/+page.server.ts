import { error } from '@sveltejs/kit';
import { findEvent, listRooms, listWorkgroups } from '$lib/server/events';
import { findTicketPage } from '$lib/server/registrations';
import { readTicketLink } from '$lib/server/tickets';
import { read, viewEvent } from '../../event-view';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { installation }, params, setHeaders }) => {
  // Whoever has the address has the ticket: it goes to no other site, no cache and no search engine.
  setHeaders({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', 'x-robots-tag': 'noindex' });

  const { db } = installation;
  const id = readTicketLink(installation, params.link);
  const ticket = id && (await findTicketPage(db, id));
  const event = ticket && (await findEvent(db, { id: ticket.registration.event_id }));
  if (!event) error(404, 'no such ticket');

  const { name, state, workgroup_id } = ticket.registration;
  const workgroup = (await listWorkgroups(db, event.id)).find(({ id }) => id === workgroup_id);
  const room = (await listRooms(db, event.id)).find(({ id }) => id === workgroup?.roomId);
  return {
    event: viewEvent(event),
    name,
    state,
    workgroup: workgroup && read(workgroup.title),
    room: room && read(room.name),
    /** The QR code's text; only a confirmed registration shows one. */
    ticketText: state === 'confirmed' ? ticket.ticketText : null,
  };
};
