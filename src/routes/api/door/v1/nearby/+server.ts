import * as v from 'valibot';
import { NearbyRequestSchema } from '$lib/domain/nearby/post';
import { authenticateDevice } from '$lib/server/devices';
import { nearbyPostOf } from '$lib/server/nearby-post';
import { problem, readJson } from '$lib/server/problem';
import { paceSignals } from '$lib/server/sync-pace';
import { notPaired } from '../not-paired';
import type { RequestHandler } from './$types';

/** The largest body, in bytes: a full set of signals. */
const BODY_LIMIT = 65_536;

/** A tablet hands in signals for the event's other tablets, and gets those for it. A locked or revoked one has no part. */
export const POST: RequestHandler = async (event) => {
  const { request, locals } = event;
  const { installation } = locals;
  const authenticated = await authenticateDevice(installation.db, request.headers.get('authorization'));
  if (!authenticated || authenticated.handInOnly || authenticated.device.revoked_at !== null)
    return notPaired(event);
  const { device } = authenticated;
  const wait = await paceSignals(device.id);
  if (wait > 0)
    return problem(429, 'too_many_signals', 'This tablet asks too often.', { 'retry-after': String(wait) });
  const read = await readJson(request, BODY_LIMIT);
  if (read.kind === 'problem') return read.response;
  const parsed = v.safeParse(NearbyRequestSchema, read.body);
  if (!parsed.success) return problem(400, 'malformed', 'Expected signals for other tablets.');
  const answer = nearbyPostOf(installation).exchange(device.event_id, device.id, parsed.output);
  return Response.json(answer, { headers: { 'cache-control': 'no-store' } });
};
