import { getLocale } from '$lib/i18n';
import { offeredLocale } from '$lib/i18n/preferred';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ request, setHeaders }) => {
  setHeaders({ vary: 'accept-language' });
  return { offered: offeredLocale(request.headers.get('accept-language'), getLocale()) };
};
