import { readLiveView } from '$lib/server/live-view';
import { eventOf } from '../event-of';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url, locals: { installation }, setHeaders }) => {
  // The page stands outside of the office's layout, which says so of the others.
  setHeaders({ 'cache-control': 'no-store' });
  const event = await eventOf(installation, params.event);
  const { id, slug, texts } = event;
  // Whoever walks by reads it: nobody's name, whatever the role of who has signed in.
  const view = { ...(await readLiveView(installation, id)), conflicts: [] };
  return { event: { id, slug, title: texts.title }, view, light: url.searchParams.get('look') === 'light' };
};
