import * as v from 'valibot';
import { PairRequestSchema } from '$lib/domain/wire';
import { pairDevice } from '$lib/server/devices';
import { problem, readJson } from '$lib/server/problem';
import type { RequestHandler } from './$types';

const BODY_LIMIT = 4_096;

/** A browser becomes a tablet, by a one-time code from the office. */
export const POST: RequestHandler = async ({ request, locals: { installation } }) => {
  const read = await readJson(request, BODY_LIMIT);
  if (read.kind === 'problem') return read.response;
  const parsed = v.safeParse(PairRequestSchema, read.body);
  if (!parsed.success) return problem(400, 'malformed', 'Expected a code, a name and a public key.');
  const outcome = await pairDevice(installation, parsed.output);
  if (outcome.kind === 'bad_code') {
    return problem(403, 'bad_code', 'This pairing code is wrong, used or expired.');
  }
  return Response.json(outcome.answer, { headers: { 'cache-control': 'no-store' } });
};
