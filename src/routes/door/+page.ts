/** One shell for everything at the door: made at build time, so that it starts with no server at all. */
export const prerender = true;
export const ssr = false;
