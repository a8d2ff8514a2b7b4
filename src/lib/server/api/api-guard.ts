import { MINUTE, SECOND, type Millis } from '../../domain/time.ts';
import { countAttempt, type AttemptLimit } from '../attempts.ts';
import { findEvent } from '../events.ts';
import type { Installation } from '../installation.ts';
import { countMiss } from '../misses.ts';
import { noteSecurity } from '../security-log.ts';
import { apiProblem } from './api-problem.ts';
import { apiRuleOf } from './api-rules.ts';
import { authenticateClient, type ApiClient } from './api-tokens.ts';

/** How often one token may ask: much more than a system needs that asks for news every few seconds. */
export const API_LIMIT: AttemptLimit = { what: 'api', max: 600, window: MINUTE };

/** The part of a request that the guard looks at. */
export interface ApiRequest {
  routeId: string | null;
  method: string;
  /** The route's parameters. */
  params: Partial<Record<string, string>>;
  authorization: string | null;
  /** The address that it came from. */
  client: string;
}

export type GuardOutcome =
  /** Null where the route is open to everybody. */
  { kind: 'allowed'; client: ApiClient | null } | { kind: 'refused'; response: Response };

/** Lets in whoever shows a token that is good here and now, by the table of rules; nobody else, and by nothing else. */
export async function guardApi(installation: Installation, request: ApiRequest): Promise<GuardOutcome> {
  const { routeId, method, params, authorization, client: address } = request;
  if (routeId === null) return refused(404, 'no_such_thing', 'There is nothing at this address.');
  const rule = apiRuleOf(routeId, method);
  if (rule === null)
    return refused(405, 'not_allowed', 'There is nothing here that can be done in this way.');
  if (rule === 'open') return { kind: 'allowed', client: null };

  const outcome = await authenticateClient(installation, authorization);
  if (outcome.kind !== 'client') {
    noteSecurity(installation, 'refused_token', { route: routeId, why: outcome.kind });
    const miss = await countMiss(installation, 'api token', address);
    if (miss.kind === 'too_many')
      return tooMany(installation, miss.until, 'Too many tokens that are not good.');
    const challenge = authorization === null ? 'Bearer' : 'Bearer error="invalid_token"';
    return refused(401, `token_${outcome.kind}`, TOKEN_PROBLEMS[outcome.kind], {
      'www-authenticate': challenge,
    });
  }
  const { client } = outcome;
  const attempt = await countAttempt(installation, API_LIMIT, client.id);
  if (attempt.kind === 'too_many')
    return tooMany(installation, attempt.until, `One token may ask ${API_LIMIT.max} times a minute.`);
  const event = await findEvent(installation.db, { slug: params.event ?? '' });
  // An event that there is not is answered like another one: whether there is one is not to be found out here.
  if (event?.id !== client.eventId) return refused(403, 'other_event', 'This token is for another event.');
  if (!client.scopes.includes(rule))
    return refused(403, 'scope_missing', `This token lacks the scope ${rule}.`, {
      'www-authenticate': `Bearer error="insufficient_scope", scope="${rule}"`,
    });
  return { kind: 'allowed', client };
}

const TOKEN_PROBLEMS = {
  unknown: 'Send a token of this event: `Authorization: Bearer einlass_…`.',
  revoked: 'This token has been revoked.',
  expired: 'This token has expired.',
};

function tooMany({ clock }: Installation, until: Millis, title: string): GuardOutcome {
  const wait = Math.max(1, Math.ceil((until - clock()) / SECOND));
  return refused(429, 'too_many_requests', title, { 'retry-after': String(wait) });
}

function refused(
  status: number,
  code: string,
  title: string,
  headers?: Record<string, string>,
): GuardOutcome {
  return { kind: 'refused', response: apiProblem(status, code, title, headers ? { headers } : {}) };
}
