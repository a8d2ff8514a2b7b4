import { retentionOf } from '../../legal/retention';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { installation }, params, parent }) => ({
  notice: params.notice,
  operator: installation.operator,
  retention: retentionOf((await parent()).event),
});
