import { longestRetention } from '$lib/server/retention';
import { retentionOf } from '../retention';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { installation }, params }) => ({
  notice: params.notice,
  operator: installation.operator,
  retention: retentionOf(await longestRetention(installation.db)),
});
