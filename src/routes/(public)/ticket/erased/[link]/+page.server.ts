import { error } from '@sveltejs/kit';
import { HOUR } from '$lib/domain/time';
import { erasedAt } from '$lib/server/self-service';
import { readTicketLink } from '$lib/server/tickets';
import { refuseGuesses } from '../../../../refuse-guesses';
import { OWN_HEADERS } from '../../[link]/own-ticket';
import type { PageServerLoad } from './$types';

/** How long somebody may look at the news that they are erased; later their link is as unknown as any other. */
const SAID_FOR = HOUR;

export const load: PageServerLoad = async (request) => {
  const { locals, params, setHeaders } = request;
  const { installation } = locals;
  setHeaders({ ...OWN_HEADERS, 'ticket-copy': 'drop' });
  const id = readTicketLink(installation, params.link);
  const erased = id && (await erasedAt(installation.db, id));
  if (erased && installation.clock() - erased <= SAID_FOR) return;
  await refuseGuesses(request, 'ticket');
  error(404, 'no such ticket');
};
