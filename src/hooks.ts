import type { Reroute } from '@sveltejs/kit';
import { deLocalizeUrl } from '$lib/i18n';

/** These have one address in every language. */
const unprefixed = /^\/(door|office|api|healthz|readyz)(\/|$)/;

/** `/en/integration` is the route `/integration`, in English; `/en/door` is nothing. */
export const reroute: Reroute = ({ url }) => {
  // Asked first, because tablets ask often, and finding out an address's language takes its time.
  if (unprefixed.test(url.pathname)) return url.pathname;
  const route = deLocalizeUrl(url).pathname;
  return unprefixed.test(route) ? url.pathname : route;
};
