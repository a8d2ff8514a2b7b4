import { MINUTE } from '../domain/time.ts';
import { countAttempt, type AttemptLimit, type AttemptOutcome } from './attempts.ts';
import { ACCOUNT_DISABLED, browserOf, cookiesIn, type SessionCookie } from './auth.ts';
import type { IdentityProvider } from './identity-provider.ts';
import type { Installation } from './installation.ts';
import { originOf } from './network.ts';
import { officePath } from './office-access.ts';
import { PROVIDER_ID, providerAuthOf, ProviderUnavailable, REFUSED_PATH } from './provider-auth.ts';
import { noteSecurity } from './security-log.ts';

/** Why somebody who comes from the provider is not let in. */
export const PROVIDER_REFUSALS = [
  /** It can't be reached, or is misconfigured. */
  'unavailable',
  /** It has not verified the address, or named none. */
  'unverified',
  /** There is an account with the address, which must first be connected by whoever knows its password. */
  'account_exists',
  /** There is no account, and no invitation that would let one be made. */
  'no_invitation',
  /** The account that is to be connected has another address. */
  'other_email',
  /** The login at the provider belongs to another account already. */
  'taken',
  /** There is an account, and it is disabled. */
  'disabled',
  'cancelled',
  /** It took too long, or came from somewhere else. */
  'expired',
  /** Too many from one address want to. */
  'too_many',
  /** Its answer can't be believed. */
  'failed',
] as const;
export type ProviderRefusal = (typeof PROVIDER_REFUSALS)[number];

/** A whole town hall behind one address begins its day. */
const BY_ADDRESS: AttemptLimit = { what: 'sign-in by provider from address', max: 120, window: 10 * MINUTE };

/** Counts somebody who goes to the provider or comes back from it: each costs the server a round trip there. */
export function countProviderStep(installation: Installation, client: string): Promise<AttemptOutcome> {
  return countAttempt(installation, BY_ADDRESS, originOf(client).address);
}

export type ProviderStart =
  { kind: 'go'; url: string; cookies: SessionCookie[] } | { kind: 'refused'; why: ProviderRefusal };

/**
 * Where the browser goes next; to an address at the provider, with what it must bring back in cookies.
 *
 * @param anew - whether the provider is to ask who somebody is although they are signed in there
 */
export async function startProviderSignIn(
  installation: Installation,
  provider: IdentityProvider,
  wanted: string | null,
  anew = false,
): Promise<ProviderStart> {
  const to = officePath(wanted);
  const invitation = /^\/office\/invitation\/([\w-]+)$/.exec(to)?.[1];
  return start(installation, provider, async (auth, callbackURL) =>
    auth.api.signInSocial({
      body: {
        provider: PROVIDER_ID,
        callbackURL: callbackURL(to),
        errorCallbackURL: callbackURL(`${REFUSED_PATH}/sign-in`),
        disableRedirect: true,
        ...(anew && { additionalParams: { prompt: 'login' } }),
        // Only who is invited gets an account; whether the invitation still counts is seen when they are back.
        ...(invitation !== undefined && { requestSignUp: true, additionalData: { invitation } }),
      },
      returnHeaders: true,
    }),
  );
}

/** Lets somebody who is signed in connect the account with the login at the provider. */
export async function startConnecting(
  installation: Installation,
  provider: IdentityProvider,
  headers: Headers,
): Promise<ProviderStart> {
  return start(installation, provider, async (auth, callbackURL) =>
    auth.api.linkSocialAccount({
      body: {
        provider: PROVIDER_ID,
        callbackURL: callbackURL('/office/account?connected'),
        errorCallbackURL: callbackURL(`${REFUSED_PATH}/account`),
        disableRedirect: true,
      },
      headers,
      returnHeaders: true,
    }),
  );
}

async function start(
  installation: Installation,
  provider: IdentityProvider,
  ask: (
    auth: Awaited<ReturnType<typeof providerAuthOf>>,
    callbackURL: (path: string) => string,
  ) => Promise<{ headers: Headers; response: { url?: string | undefined } }>,
): Promise<ProviderStart> {
  const auth = await reach(installation, provider);
  if (!auth) return { kind: 'refused', why: 'unavailable' };
  const { headers, response } = await ask(auth, (path) => installation.origin + path);
  return { kind: 'go', url: response.url!, cookies: cookiesIn(headers) };
}

export interface ProviderReturn {
  /** Where to go in the office. */
  to: string;
  cookies: SessionCookie[];
  /** Why they are not signed in, or the account is not connected; null when they are. */
  refused: ProviderRefusal | null;
}

/** Deals with a browser that comes back from the provider, at whatever address it has been sent to. */
export async function finishProviderSignIn(
  installation: Installation,
  provider: IdentityProvider,
  headers: Headers,
  url: URL,
): Promise<ProviderReturn> {
  const auth = await reach(installation, provider);
  if (!auth) return { to: '/office/sign-in', cookies: [], refused: 'unavailable' };
  const browser = browserOf(headers);
  browser.set('cookie', headers.get('cookie') ?? '');
  const answer = await auth.api.callbackOAuth({
    params: { id: PROVIDER_ID },
    query: Object.fromEntries(url.searchParams),
    method: 'GET',
    headers: browser,
    asResponse: true,
  });
  const location = new URL(answer.headers.get('location') ?? REFUSED_PATH, installation.origin);
  const cookies = cookiesIn(answer.headers);
  if (!location.pathname.startsWith(REFUSED_PATH)) {
    noteSecurity(installation, 'signed_in', { what: 'provider' });
    return { to: officePath(location.pathname + location.search), cookies, refused: null };
  }
  const to = location.pathname === `${REFUSED_PATH}/account` ? '/office/account' : '/office/sign-in';
  const refused = REFUSALS[location.searchParams.get('error') ?? ''] ?? 'failed';
  noteSecurity(installation, 'provider_refused', { why: refused });
  return { to, cookies, refused };
}

/** better-auth's words for it, and the standard's own. */
const REFUSALS: Partial<Record<string, ProviderRefusal>> = {
  email_not_found: 'unverified',
  unable_to_link_account: 'unverified',
  account_not_linked: 'account_exists',
  signup_disabled: 'no_invitation',
  no_invitation: 'no_invitation',
  email_does_not_match: 'other_email',
  account_already_linked_to_different_user: 'taken',
  [ACCOUNT_DISABLED]: 'disabled',
  access_denied: 'cancelled',
  state_mismatch: 'expired',
  state_not_found: 'expired',
  state_invalid: 'expired',
};

async function reach(installation: Installation, provider: IdentityProvider) {
  try {
    return await providerAuthOf(installation, provider);
  } catch (err) {
    if (!(err instanceof ProviderUnavailable)) throw err;
    installation.log.error({ err }, 'the identity provider is not available');
    return null;
  }
}
