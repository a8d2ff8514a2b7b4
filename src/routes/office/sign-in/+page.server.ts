import { fail, redirect } from '@sveltejs/kit';
import { MINUTE } from '$lib/domain/time';
import { signIn } from '$lib/server/accounts';
import { officePath } from '$lib/server/office-access';
import { setSessionCookies } from '$lib/server/session-cookies';
import { isSetUp } from '$lib/server/setup-link';
import { refusalIn } from '../provider-refusal';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  const to = officePath(url.searchParams.get('to'));
  if (locals.organiser) redirect(303, to);
  return {
    setUp: await isSetUp(locals.installation),
    provider: locals.installation.provider && { name: locals.installation.provider.name },
    to,
    refused: refusalIn(url),
    /** The second step took too long. */
    again: url.searchParams.has('again'),
    reset: url.searchParams.has('reset'),
  };
};

export const actions: Actions = {
  default: async (event) => {
    const { request, locals, url, getClientAddress } = event;
    // A body that is no form is a form with nothing in it.
    const form = await request.formData().catch(() => new FormData());
    const email = textOf(form.get('email')).trim();
    const password = textOf(form.get('password'));
    if (!email || !password)
      return fail(400, {
        email,
        problem: 'missing',
        emailMissing: !email,
        passwordMissing: !password,
      } as const);
    const attempt = { email, password };
    const outcome = await signIn(locals.installation, attempt, getClientAddress(), request.headers);
    const to = officePath(url.searchParams.get('to'));
    switch (outcome.kind) {
      case 'signed_in':
        setSessionCookies(event, outcome.cookies);
        return redirect(303, to);
      case 'needs_code':
        setSessionCookies(event, outcome.cookies);
        return redirect(303, `/office/sign-in/code?${new URLSearchParams({ to })}`);
      case 'wrong':
      case 'disabled':
        return fail(400, { email, problem: outcome.kind } as const);
      case 'too_many': {
        locals.retryAt = outcome.until;
        const minutes = Math.ceil((outcome.until - locals.installation.clock()) / MINUTE);
        return fail(429, { email, problem: 'too_many', minutes } as const);
      }
    }
  },
};

function textOf(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value : '';
}
