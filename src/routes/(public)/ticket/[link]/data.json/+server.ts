import { error } from '@sveltejs/kit';
import { getLocale } from '$lib/i18n';
import { collectOwnData } from '$lib/server/own-data';
import { OWN_HEADERS, ownTicket } from '../own-ticket';
import type { RequestHandler } from './$types';

/** What is stored about whoever has the ticket, as a file. */
export const GET: RequestHandler = async (request) => {
  const { registration } = await ownTicket(request);
  const data = await collectOwnData(request.locals.installation.db, registration.id, getLocale());
  if (!data) error(404, 'no such ticket');
  return new Response(JSON.stringify(data, null, 2), {
    headers: {
      ...OWN_HEADERS,
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="einlass.json"',
    },
  });
};
