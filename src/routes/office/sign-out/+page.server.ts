import { redirect } from '@sveltejs/kit';
import { signOut } from '$lib/server/accounts';
import { setSessionCookies } from '$lib/server/session-cookies';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = () => redirect(303, '/office');

export const actions: Actions = {
  default: async (event) => {
    setSessionCookies(event, await signOut(event.locals.installation, event.request.headers));
    redirect(303, '/office/sign-in');
  },
};
