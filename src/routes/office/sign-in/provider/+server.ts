import { error, redirect } from '@sveltejs/kit';
import { countProviderStep, startConnecting, startProviderSignIn } from '$lib/server/provider-sign-in';
import { isProved } from '$lib/server/proof';
import { setSessionCookies } from '$lib/server/session-cookies';
import type { RequestHandler } from './$types';

/**
 * Leads to the city's identity provider: to sign in, with `?connect` to connect the account that is signed in, or
 * with `?confirm` to prove anew who somebody is. A link rather than a form, because the page's policy lets no form lead away from here.
 */
export const GET: RequestHandler = async (event) => {
  const { locals, url, request } = event;
  const { installation, organiser } = locals;
  if (!installation.provider) error(404);
  const connects = organiser !== null && url.searchParams.has('connect');
  if (connects && !isProved(installation, organiser))
    redirect(303, `/office/confirm?${new URLSearchParams({ to: '/office/account' })}`);
  const confirms = organiser !== null && url.searchParams.has('confirm');
  const attempt = await countProviderStep(installation, event.getClientAddress());
  const page = connects ? '/office/account' : '/office/sign-in';
  if (attempt.kind === 'too_many') redirect(303, `${page}?refused=too_many`);
  const start = connects
    ? await startConnecting(installation, installation.provider, request.headers)
    : await startProviderSignIn(
        installation,
        installation.provider,
        confirms ? '/office/confirm?confirmed' : url.searchParams.get('to'),
        confirms,
      );
  if (start.kind === 'refused') redirect(303, `${page}?refused=${start.why}`);
  setSessionCookies(event, start.cookies);
  redirect(303, start.url);
};
