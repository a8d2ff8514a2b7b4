import { fail, redirect } from '@sveltejs/kit';
import { MINUTE } from '$lib/domain/time';
import { officePath } from '$lib/server/office-access';
import { readWaysIn } from '$lib/server/own-account';
import { isProved, prove } from '$lib/server/proof';
import { signInAgain } from '../sign-in-again';
import { readPosted, type Kept } from './kept';
import type { Actions, PageServerLoad } from './$types';

/**
 * Where somebody proves who they are before something that can't be undone, or opens a door. The form that led here is
 * carried along and sent on from here: nothing of it is kept on the server.
 */
export const load: PageServerLoad = async ({ url, locals: { installation, organiser } }) => {
  const waysIn = await readWaysIn(installation.db, organiser!.id);
  return {
    to: officePath(url.searchParams.get('to')),
    /** Whether a form is sent on, rather than a page opened. */
    sends: url.searchParams.has('sends'),
    password: waysIn.password,
    code: organiser!.secondFactor,
    provider: waysIn.provider && installation.provider ? { name: installation.provider.name } : null,
    /** Whether they have come back from the provider, in a window beside the one that waits. */
    confirmed: url.searchParams.has('confirmed') && isProved(installation, organiser!),
  };
};

export const actions: Actions = {
  /** Takes up the form that needs a proof. */
  ask: async ({ request }) => {
    const { kept } = await readPosted(request);
    return { kept, problem: undefined, field: undefined };
  },
  prove: async ({ request, url, locals }) => {
    const { installation, organiser } = locals;
    const { kept, password, code } = await readPosted(request);
    const onwards = () =>
      redirect(
        // A browser sends the same form again where this status tells it to.
        url.searchParams.has('sends') ? 307 : 303,
        officePath(url.searchParams.get('to')),
      );
    if (password === null && code === null)
      return isProved(installation, organiser!) ? onwards() : refuse(kept, 'provider', 'missing');
    const field = password === null ? 'code' : 'password';
    const typed = (password ?? code)!;
    if (!typed.trim()) return refuse(kept, field, 'missing');
    const proof = password === null ? { code: typed } : { password: typed };
    const outcome = await prove(installation, request.headers, organiser!, proof).catch(signInAgain);
    switch (outcome.kind) {
      case 'proved':
        return onwards();
      case 'wrong':
        return refuse(kept, field, 'wrong');
      case 'too_many': {
        locals.retryAt = outcome.until;
        const minutes = Math.ceil((outcome.until - installation.clock()) / MINUTE);
        return fail(429, { kept, field, problem: 'too_many', minutes } as const);
      }
    }
  },
};

function refuse(kept: Kept, field: 'password' | 'code' | 'provider', problem: 'missing' | 'wrong') {
  return fail(400, { kept, field, problem } as const);
}
