import { apiAnswer } from '$lib/server/api/api-answer';
import { readApiHeadcount } from '$lib/server/api/api-event';
import { ApiHeadcountSchema } from '$lib/server/api/api-schemas';
import type { RequestHandler } from './$types';

/** How many are in which room now. */
export const GET: RequestHandler = async ({ request, locals: { installation, client } }) => {
  const headcount = await readApiHeadcount(installation, client!.eventId);
  // That it was counted anew is no news.
  const { at: _, ...news } = headcount;
  return apiAnswer(request, ApiHeadcountSchema, headcount, { news });
};
