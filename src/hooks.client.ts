import type { ClientInit } from '@sveltejs/kit';
import { noteTyped } from '$lib/ui/typed-early';

/** What must be done before the page is taken over; the root layout does the rest afterwards. */
export const init: ClientInit = async () => {
  noteTyped();
  // Older browsers match the languages' addresses with it.
  if (!('URLPattern' in globalThis)) await import('urlpattern-polyfill');
};
