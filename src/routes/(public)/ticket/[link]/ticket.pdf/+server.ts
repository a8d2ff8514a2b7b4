import { error } from '@sveltejs/kit';
import { baseLocale, getLocale } from '$lib/i18n';
import { renderTicketPdf } from '$lib/server/pdf/ticket-pdf';
import { readTicketContent } from '$lib/server/ticket-content';
import { readTicketLink, ticketAddress } from '$lib/server/tickets';
import type { RequestHandler } from './$types';

/** The ticket on paper: in the language of the address, or in the registration's where the address names none. */
export const GET: RequestHandler = async ({ locals: { installation }, params, setHeaders }) => {
  // As on the ticket's page: it goes to no other site, no cache and no search engine.
  setHeaders({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', 'x-robots-tag': 'noindex' });

  const id = readTicketLink(installation, params.link);
  const ticket = id && (await readTicketContent(installation.db, id));
  if (!ticket?.ticketText) error(404, 'no such ticket');

  const locale = getLocale() === baseLocale ? ticket.locale : getLocale();
  const address = ticketAddress(installation, ticket.registration.id, locale);
  const pdf = await renderTicketPdf([{ ...ticket, locale, address }]);
  return new Response(new Uint8Array(pdf), {
    headers: { 'content-type': 'application/pdf', 'content-disposition': 'inline; filename="ticket.pdf"' },
  });
};
