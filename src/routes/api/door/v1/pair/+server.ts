import * as v from 'valibot';
import { MINUTE } from '$lib/domain/time';
import { PairRequestSchema } from '$lib/domain/wire';
import { countAttempt, forgetAttempts, type AttemptLimit } from '$lib/server/attempts';
import { pairDevice } from '$lib/server/devices';
import { problem, readJson } from '$lib/server/problem';
import { noteSecurity } from '$lib/server/security-log';
import type { RequestHandler } from './$types';

const BODY_LIMIT = 4_096;

/** Wrong codes in a row from one address: enough for clumsy fingers, hopeless for guessing 60 bits. */
const ATTEMPTS: AttemptLimit = { what: 'pairing', max: 60, window: 15 * MINUTE };

/** A browser becomes a tablet, by a one-time code from the office. */
export const POST: RequestHandler = async ({ request, getClientAddress, locals }) => {
  const { installation } = locals;
  const read = await readJson(request, BODY_LIMIT);
  if (read.kind === 'problem') return read.response;
  const parsed = v.safeParse(PairRequestSchema, read.body);
  if (!parsed.success) return problem(400, 'malformed', 'Expected a code, a name and a public key.');
  const address = getClientAddress();
  const attempt = await countAttempt(installation, ATTEMPTS, address);
  if (attempt.kind === 'too_many') {
    locals.retryAt = attempt.until;
    return problem(429, 'too_many_attempts', 'Too many attempts to pair from this address.');
  }
  const outcome = await pairDevice(installation, parsed.output);
  if (outcome.kind === 'bad_code') {
    noteSecurity(installation, 'pairing_failed');
    return problem(403, 'bad_code', 'This pairing code is wrong, used or expired.');
  }
  noteSecurity(installation, 'tablet_paired', {
    device: outcome.answer.deviceId,
    event: outcome.answer.eventId,
  });
  await forgetAttempts(installation, ATTEMPTS, address);
  return Response.json(outcome.answer, { headers: { 'cache-control': 'no-store' } });
};
