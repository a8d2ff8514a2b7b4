import type { ClientInit } from '@sveltejs/kit';

/** Gives older browsers what the languages' addresses are matched with, before anything asks for it. */
export const init: ClientInit = async () => {
  if (!('URLPattern' in globalThis)) await import('urlpattern-polyfill');
};
