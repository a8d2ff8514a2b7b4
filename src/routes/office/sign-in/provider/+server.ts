import { error, redirect } from '@sveltejs/kit';
import { countProviderStep, startConnecting, startProviderSignIn } from '$lib/server/provider-sign-in';
import { setSessionCookies } from '$lib/server/session-cookies';
import type { RequestHandler } from './$types';

/**
 * Leads to the city's identity provider: to sign in, or with `?connect` to connect the account that is signed in. A link
 * rather than a form, because the page's policy lets no form lead away from here.
 */
export const GET: RequestHandler = async (event) => {
  const { locals, url, request } = event;
  const { installation, organiser } = locals;
  if (!installation.provider) error(404);
  const connects = organiser !== null && url.searchParams.has('connect');
  const attempt = await countProviderStep(installation, event.getClientAddress());
  const page = connects ? '/office/account' : '/office/sign-in';
  if (attempt.kind === 'too_many') redirect(303, `${page}?refused=too_many`);
  const start = connects
    ? await startConnecting(installation, installation.provider, request.headers)
    : await startProviderSignIn(installation, installation.provider, url.searchParams.get('to'));
  if (start.kind === 'refused') redirect(303, `${page}?refused=${start.why}`);
  setSessionCookies(event, start.cookies);
  redirect(303, start.url);
};
