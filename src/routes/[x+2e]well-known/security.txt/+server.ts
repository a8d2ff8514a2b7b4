import { error } from '@sveltejs/kit';
import { DAY } from '$lib/domain/time';
import type { RequestHandler } from './$types';

/** Whoever keeps a copy for longer looks again (RFC 9116, 2.5.5). */
const GOOD_FOR = 180 * DAY;

/** Whom to tell of a weakness (RFC 9116), as the operator's file says. */
export const GET: RequestHandler = ({ locals: { installation } }) => {
  const { operator, clock, origin } = installation;
  const contact = operator.securityContact ?? operator.email;
  if (!contact) error(404, 'nobody is named');
  const lines = [
    `Contact: ${/^https:/i.test(contact) ? contact : `mailto:${contact}`}`,
    `Expires: ${new Date(clock() + GOOD_FOR).toISOString()}`,
    'Preferred-Languages: de, en',
    `Canonical: ${origin}/.well-known/security.txt`,
  ];
  return new Response(lines.join('\n') + '\n', { headers: { 'content-type': 'text/plain; charset=utf-8' } });
};
