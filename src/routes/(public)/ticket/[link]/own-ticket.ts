import { error, type RequestEvent } from '@sveltejs/kit';
import { MINUTE } from '$lib/domain/time';
import { localizeHref } from '$lib/i18n';
import { countAttempt } from '$lib/server/attempts';
import { readTicketContent, type TicketContent } from '$lib/server/ticket-content';
import { readTicketLink } from '$lib/server/tickets';
import { refuseGuesses } from '../../../refuse-guesses';

/** What a route below a ticket's link is given. */
type OwnRequest = Pick<RequestEvent<{ link: string }>, 'locals' | 'params' | 'getClientAddress'>;

/** Whoever has the address has the ticket: it goes to no other site, no cache and no search engine. */
export const OWN_HEADERS = {
  // Not `no-referrer`: with that, browsers send the forms on these pages without their origin, and they are refused.
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex',
} as const;

/**
 * Whose link it is; null for whatever is no ticket's link, or no longer one.
 *
 * @throws 429 for whoever has asked for too many that are none
 */
export async function findOwnTicket(request: OwnRequest): Promise<TicketContent | null> {
  const { locals, params } = request;
  const id = readTicketLink(locals.installation, params.link);
  const ticket = id && (await readTicketContent(locals.installation.db, id));
  if (!ticket) await refuseGuesses(request, 'ticket');
  return ticket;
}

/** @throws 404 for whatever is no ticket's link, or no longer one */
export async function ownTicket(request: OwnRequest): Promise<TicketContent> {
  return (await findOwnTicket(request)) ?? error(404, 'no such ticket');
}

/** More than a person does, and few enough that nobody's mailbox fills. */
const LIMIT = { what: 'own ticket', max: 30, window: 10 * MINUTE };

export interface OwnAction {
  ticket: TicketContent;
  /** A body that is no form is a form with nothing in it. */
  data: FormData;
  tooMany: boolean;
}

/** Reads what every action below a ticket's link needs, and counts the attempt. @throws 404 as `ownTicket` does */
export async function openAction(event: OwnRequest & Pick<RequestEvent, 'request'>): Promise<OwnAction> {
  const ticket = await ownTicket(event);
  const data = await event.request.formData().catch(() => new FormData());
  const attempt = await countAttempt(event.locals.installation, LIMIT, ticket.registration.id);
  if (attempt.kind === 'too_many') event.locals.retryAt = attempt.until;
  return { ticket, data, tooMany: attempt.kind === 'too_many' };
}

/** What has just been done, said on the ticket's page. */
export const DONE = ['changed', 'sent', 'replaced'] as const;
export type Done = (typeof DONE)[number];

/** The ticket's page in this language. */
export function ticketPage(link: string, done?: Done): string {
  return localizeHref(`/ticket/${link}`) + (done ? `?done=${done}` : '');
}
