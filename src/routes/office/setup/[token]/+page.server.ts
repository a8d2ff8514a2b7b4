import { fail, redirect } from '@sveltejs/kit';
import { PASSWORD_LENGTH } from '$lib/server/organiser-form';
import { setSessionCookies } from '$lib/server/session-cookies';
import { readSetupLink, useSetupLink } from '$lib/server/setup-link';
import { refuseGuesses } from '../../../refuse-guesses';
import { readOrganiserForm, refusedEmail } from '../../organiser-form-problems';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
  const { installation } = request.locals;
  const link = await readSetupLink(installation, installation.db, request.params.token);
  if (link === 'unknown') await refuseGuesses(request, 'account link');
  return { link, passwordLength: PASSWORD_LENGTH };
};

export const actions: Actions = {
  default: async (event) => {
    const { request, params, locals } = event;
    const read = readOrganiserForm(
      await request.formData().catch(() => new FormData()),
      locals.installation.operator,
    );
    if (read.kind === 'problems') return fail(400, read);
    const outcome = await useSetupLink(locals.installation, params.token, read.form, request.headers);
    switch (outcome.kind) {
      case 'signed_in':
        setSessionCookies(event, outcome.cookies);
        return redirect(303, '/office');
      case 'bad_email':
        return fail(400, refusedEmail(read.form));
      case 'bad_link':
        // The page's load says the same, in place of the form.
        return fail(410, { entered: undefined, problems: {} });
    }
  },
};
