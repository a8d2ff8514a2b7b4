import { error, redirect } from '@sveltejs/kit';
import { countProviderStep, finishProviderSignIn } from '$lib/server/provider-sign-in';
import { setSessionCookies } from '$lib/server/session-cookies';
import type { RequestHandler } from './$types';

/** Where the identity provider sends the browser back to. What it brings is checked before anybody is signed in. */
export const GET: RequestHandler = async (event) => {
  const { locals, url, request } = event;
  const { installation } = locals;
  if (!installation.provider) error(404);
  const attempt = await countProviderStep(installation, event.getClientAddress());
  if (attempt.kind === 'too_many') redirect(303, '/office/sign-in?refused=too_many');
  const back = await finishProviderSignIn(installation, installation.provider, request.headers, url);
  setSessionCookies(event, back.cookies);
  redirect(303, back.refused === null ? back.to : `${back.to}?refused=${back.refused}`);
};
