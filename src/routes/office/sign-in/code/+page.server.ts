import { fail, redirect } from '@sveltejs/kit';
import { MINUTE } from '$lib/domain/time';
import { officePath } from '$lib/server/office-access';
import { setSessionCookies } from '$lib/server/session-cookies';
import {
  readChallenge,
  signInWithCode,
  signInWithRecoveryCode,
  type CodeOutcome,
} from '$lib/server/sign-in-code';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, request }) => {
  const to = officePath(url.searchParams.get('to'));
  if (locals.organiser) redirect(303, to);
  if (!(await readChallenge(locals.installation, request.headers))) redirect(303, startAgain(to));
  return { to };
};

export const actions: Actions = {
  code: async (event) => {
    const code = await typedIn(event.request, 'code');
    if (!code.trim()) return fail(400, { field: 'code', problem: 'missing' } as const);
    const { installation } = event.locals;
    return finish(event, 'code', await signInWithCode(installation, event.request.headers, code));
  },
  recovery: async (event) => {
    const code = await typedIn(event.request, 'recovery');
    if (!code.trim()) return fail(400, { field: 'recovery', problem: 'missing' } as const);
    const { installation } = event.locals;
    return finish(event, 'recovery', await signInWithRecoveryCode(installation, event.request.headers, code));
  },
};

type SignInEvent = Parameters<typeof setSessionCookies>[0] & { locals: App.Locals };

function finish(event: SignInEvent, field: 'code' | 'recovery', outcome: CodeOutcome) {
  const to = officePath(event.url.searchParams.get('to'));
  switch (outcome.kind) {
    case 'signed_in':
      setSessionCookies(event, outcome.cookies);
      return redirect(303, to);
    case 'expired':
      return redirect(303, startAgain(to));
    case 'wrong':
      return fail(400, { field, problem: 'wrong' } as const);
    case 'too_many': {
      event.locals.retryAt = outcome.until;
      const minutes = Math.ceil((outcome.until - event.locals.installation.clock()) / MINUTE);
      return fail(429, { field, problem: 'too_many', minutes } as const);
    }
  }
}

function startAgain(to: string): string {
  return `/office/sign-in?${new URLSearchParams({ again: '', to })}`;
}

async function typedIn(request: Request, name: string): Promise<string> {
  const data = await request.formData().catch(() => new FormData());
  const value = data.get(name);
  return typeof value === 'string' ? value : '';
}
