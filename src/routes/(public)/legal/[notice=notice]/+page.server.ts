import { retentionOf } from '../retention';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals: { installation }, params }) => ({
  notice: params.notice,
  operator: installation.operator,
  retention: retentionOf(null),
});
