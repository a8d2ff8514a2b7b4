import { apiAnswer } from '$lib/server/api/api-answer';
import { readApiEvent } from '$lib/server/api/api-event';
import { ApiEventSchema } from '$lib/server/api/api-schemas';
import type { RequestHandler } from './$types';

/** Texts, times, rooms and workgroups. */
export const GET: RequestHandler = async ({ request, locals: { installation, client } }) =>
  apiAnswer(request, ApiEventSchema, await readApiEvent(installation, client!.eventId));
