import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { readAccountReset, useAccountReset } from '$lib/server/account-reset';
import { newPasswordSchema, PASSWORD_LENGTH } from '$lib/server/organiser-form';
import { refuseGuesses } from '../../../refuse-guesses';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
  const { installation } = request.locals;
  const link = await readAccountReset(installation, installation.db, request.params.token);
  if (link.kind === 'unknown') await refuseGuesses(request, 'account link');
  return { link, passwordLength: PASSWORD_LENGTH };
};

export const actions: Actions = {
  default: async ({ request, params, locals: { installation } }) => {
    const data = await request.formData().catch(() => new FormData());
    const link = await readAccountReset(installation, installation.db, params.token);
    // The page's load says by itself what is wrong with the link.
    if (link.kind !== 'usable') return fail(410, { problem: undefined });
    const parsed = v.safeParse(
      newPasswordSchema([link.email, installation.operator.name ?? '']),
      data.get('password'),
    );
    if (!parsed.success) return fail(400, { problem: parsed.issues[0].message });
    const used = await useAccountReset(installation, params.token, parsed.output);
    if (!used) return fail(410, { problem: undefined });
    redirect(303, '/office/sign-in?reset');
  },
};
