import { compressedJson } from '$lib/server/compressed';
import { authenticateDevice } from '$lib/server/devices';
import { problem, readJson } from '$lib/server/problem';
import { syncDevice } from '$lib/server/sync';
import type { RequestHandler } from './$types';

/** The largest body, in bytes: several times what a full upload takes. */
const BODY_LIMIT = 1_048_576;

/** A tablet hands in its scans and gets the news. */
export const POST: RequestHandler = async ({ request, locals: { installation } }) => {
  const authenticated = await authenticateDevice(installation.db, request.headers.get('authorization'));
  if (!authenticated)
    return problem(401, 'not_paired', 'This tablet is not paired.', { 'www-authenticate': 'Bearer' });
  const read = await readJson(request, BODY_LIMIT);
  if (read.kind === 'problem') return read.response;
  const outcome = await syncDevice(installation, authenticated, read.body);
  if (outcome.kind === 'malformed') return problem(400, 'malformed', outcome.message);
  return compressedJson(request, outcome.answer);
};
