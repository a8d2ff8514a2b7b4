import { may, RIGHTS } from '$lib/domain/office-rights';
import type { LayoutServerLoad } from './$types';

/** Who may be here, the `office` handle in hooks.server.ts has decided; what is here, no cache shall keep. */
export const load: LayoutServerLoad = ({ locals, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' });
  return {
    organiser: locals.organiser && { name: locals.organiser.name },
    rights: RIGHTS.filter((right) => may(locals.standing, right)),
  };
};
