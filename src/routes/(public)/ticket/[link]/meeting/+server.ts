import { error, redirect } from '@sveltejs/kit';
import { localizeHref } from '$lib/i18n';
import { enterMeeting } from '$lib/server/meeting';
import { readTicketLink } from '$lib/server/tickets';
import type { RequestHandler } from './$types';

/**
 * Leads into the meeting, and counts who comes this way. A link, not a form: the page's policy forbids forms to lead to
 * other sites. It stands on the ticket page alone, in no mail, because programs open the links of mails.
 */
export const GET: RequestHandler = async ({ locals: { installation }, params, setHeaders }) => {
  setHeaders({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', 'x-robots-tag': 'noindex' });
  const id = readTicketLink(installation, params.link);
  const meeting = id && (await enterMeeting(installation, id));
  if (!meeting) error(404, 'no such ticket');
  // Where it is not open, the ticket page says why.
  redirect(303, meeting.kind === 'open' ? meeting.url : localizeHref(`/ticket/${params.link}`));
};

/** Looking at the address is not coming. */
export const HEAD: RequestHandler = () => new Response(null, { status: 204 });
