import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { OrganiserFormSchema, PASSWORD_LENGTH, readSetupLink, useSetupLink } from '$lib/server/accounts';
import { setSessionCookies } from '$lib/server/session-cookies';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals: { installation } }) => ({
  link: await readSetupLink(installation, installation.db, params.token),
  passwordLength: PASSWORD_LENGTH,
});

export const actions: Actions = {
  default: async (event) => {
    const { request, params, locals } = event;
    const input = Object.fromEntries(await request.formData());
    const entered = { name: textOf(input.name), email: textOf(input.email) };
    const parsed = v.safeParse(OrganiserFormSchema, { ...entered, password: textOf(input.password) });
    if (!parsed.success) {
      const { nested } = v.flatten<typeof OrganiserFormSchema>(parsed.issues);
      return fail(400, {
        entered,
        problems: { name: nested?.name?.[0], email: nested?.email?.[0], password: nested?.password?.[0] },
      });
    }
    const outcome = await useSetupLink(locals.installation, params.token, parsed.output);
    switch (outcome.kind) {
      case 'signed_in':
        setSessionCookies(event, outcome.cookies);
        return redirect(303, '/office');
      case 'bad_email':
        return fail(400, {
          entered,
          problems: { name: undefined, email: 'email_malformed', password: undefined },
        });
      case 'bad_link':
        // The page's load says the same, in place of the form.
        return fail(410, { entered, problems: { name: undefined, email: undefined, password: undefined } });
    }
  },
};

function textOf(value: FormDataEntryValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
