import { getLocale } from '$lib/i18n';
import { loadDoorTexts } from '$lib/i18n/door-texts';

/** One shell for everything at the door: made at build time, so that it starts with no server at all. */
export const prerender = true;
export const ssr = false;

export const load = () => loadDoorTexts(getLocale());
