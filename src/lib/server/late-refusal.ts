import type { RequestEvent } from '@sveltejs/kit';
import { isAPIError } from 'better-auth/api';
import { apiProblem } from './api/api-problem.ts';
import { isApi } from './api/api-rules.ts';
import { problem } from './problem.ts';

/** PostgreSQL's SQLSTATE for a text that it can't keep, see `storable`. */
const UNSTORABLE = '22021';

/**
 * What only came out when it was too late to say it in the page: `unstorable`, a character that no text has;
 * `signed_out`, a session that has ended while what was asked for was under way.
 */
export type LateRefusal = 'unstorable' | 'signed_out';

/** Whether it is the sender's error; null where it is none, or is a bug. */
export function lateRefusalOf(error: unknown): LateRefusal | null {
  if (isAPIError(error)) return error.statusCode === 401 ? 'signed_out' : null;
  return error instanceof Error && 'code' in error && error.code === UNSTORABLE ? 'unstorable' : null;
}

/** What whoever asked is told of what nobody could tell before. */
export function lateRefusalAnswer(
  { request, url, isDataRequest }: Pick<RequestEvent, 'request' | 'url' | 'isDataRequest'>,
  refusal: LateRefusal,
): Response {
  const refused = isApi(url.pathname) ? apiProblem : problem;
  if (refusal === 'unstorable')
    return refused(400, 'unstorable', 'What was sent has a character that no text has.');
  if (url.pathname.startsWith('/api/')) return refused(401, 'signed_out', 'Sign in to the office first.');
  const location = '/office/sign-in';
  const isAction = request.headers.has('x-sveltekit-action');
  if (isAction || isDataRequest) return Response.json({ type: 'redirect', status: 303, location });
  return new Response(null, { status: 303, headers: { location } });
}
