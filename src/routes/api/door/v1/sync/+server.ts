import { compressedJson } from '$lib/server/compressed';
import { authenticateDevice } from '$lib/server/devices';
import { problem, readJson } from '$lib/server/problem';
import { syncDevice } from '$lib/server/sync';
import { paceSync } from '$lib/server/sync-pace';
import { notPaired } from '../not-paired';
import type { RequestHandler } from './$types';

/** The largest body, in bytes: several times what a full upload takes. */
const BODY_LIMIT = 1_048_576;

/** A tablet hands in its scans and gets the news. */
export const POST: RequestHandler = async (event) => {
  const { request, locals } = event;
  const { installation } = locals;
  const authenticated = await authenticateDevice(installation.db, request.headers.get('authorization'));
  if (!authenticated) return notPaired(event);
  const wait = await paceSync(authenticated.device.id);
  if (wait > 0)
    return problem(429, 'too_many_syncs', 'This tablet asks too often.', { 'retry-after': String(wait) });
  const read = await readJson(request, BODY_LIMIT);
  if (read.kind === 'problem') return read.response;
  const outcome = await syncDevice(installation, authenticated, read.body);
  if (outcome.kind === 'malformed') return problem(400, 'malformed', outcome.message);
  return compressedJson(request, outcome.answer);
};
