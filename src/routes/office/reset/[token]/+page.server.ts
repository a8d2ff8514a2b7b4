import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { readAccountReset, useAccountReset } from '$lib/server/account-reset';
import { OrganiserFormSchema, PASSWORD_LENGTH } from '$lib/server/organiser-form';
import { refuseGuesses } from '../../../refuse-guesses';
import type { Actions, PageServerLoad } from './$types';

const PasswordSchema = v.object({ password: OrganiserFormSchema.entries.password });

export const load: PageServerLoad = async (request) => {
  const { installation } = request.locals;
  const link = await readAccountReset(installation, installation.db, request.params.token);
  if (link.kind === 'unknown') await refuseGuesses(request, 'account link');
  return { link, passwordLength: PASSWORD_LENGTH };
};

export const actions: Actions = {
  default: async ({ request, params, locals: { installation } }) => {
    const data = await request.formData().catch(() => new FormData());
    const parsed = v.safeParse(PasswordSchema, { password: data.get('password') });
    if (!parsed.success) return fail(400, { problem: parsed.issues[0].message });
    const used = await useAccountReset(installation, params.token, parsed.output.password);
    // The page's load says by itself what is wrong with the link.
    if (!used) return fail(410, { problem: undefined });
    redirect(303, '/office/sign-in?reset');
  },
};
