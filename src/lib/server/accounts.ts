import { MINUTE, type Millis } from '../domain/time.ts';
import { countAttempt, forgetAttempts, type AttemptLimit } from './attempts.ts';
import { authOf, browserOf, cookiesIn, refusalOf, type SessionCookie } from './auth.ts';
import type { Installation } from './installation.ts';
import { SESSION_LIFETIME } from './session-lifetime.ts';

/** Somebody who is signed in to the office. */
export interface Organiser {
  id: string;
  name: string;
  email: string;
}

/** One person at one place who has forgotten the password. */
const SIGN_IN_BY_ACCOUNT: AttemptLimit = { what: 'sign-in to account', max: 10, window: 15 * MINUTE };
/** A whole office behind one address. */
const SIGN_IN_BY_ADDRESS: AttemptLimit = { what: 'sign-in from address', max: 60, window: 15 * MINUTE };

export type SignInOutcome =
  | { kind: 'signed_in'; cookies: SessionCookie[] }
  /** The password was right; the code of the second factor is wanted next, from whoever brings these cookies. */
  | { kind: 'needs_code'; cookies: SessionCookie[] }
  | { kind: 'wrong' }
  | { kind: 'too_many'; until: Millis };

/**
 * Signs an organiser in. Wrong address and wrong password are answered alike, and in the same time.
 *
 * @param address - where the request came from
 * @param headers - the request's, which tell the list of sessions what browser it is
 */
export async function signIn(
  installation: Installation,
  form: { email: string; password: string },
  address: string,
  headers: Headers = new Headers(),
): Promise<SignInOutcome> {
  const who = `${address} ${form.email.trim().toLowerCase()}`;
  for (const [limit, subject] of [
    [SIGN_IN_BY_ADDRESS, address],
    [SIGN_IN_BY_ACCOUNT, who],
  ] as const) {
    const attempt = await countAttempt(installation, limit, subject);
    if (attempt.kind === 'too_many') return attempt;
  }
  try {
    const answer = await authOf(installation).api.signInEmail({
      body: { email: form.email.trim(), password: form.password },
      headers: browserOf(headers),
      returnHeaders: true,
    });
    await forgetAttempts(installation, SIGN_IN_BY_ACCOUNT, who);
    const kind = 'twoFactorRedirect' in answer.response ? 'needs_code' : 'signed_in';
    return { kind, cookies: cookiesIn(answer.headers) };
  } catch (error) {
    refusalOf(error);
    return { kind: 'wrong' };
  }
}

/** @returns the cookies that must be taken away */
export async function signOut(installation: Installation, headers: Headers): Promise<SessionCookie[]> {
  const answer = await authOf(installation).api.signOut({ headers, returnHeaders: true });
  return cookiesIn(answer.headers);
}

/**
 * Who is signed in.
 *
 * @param setCookie - called when the session was prolonged; where it can't be called, the session is left as it is
 */
export async function readOrganiser(
  installation: Installation,
  headers: Headers,
  setCookie?: (cookie: SessionCookie) => void,
): Promise<Organiser | null> {
  // Most requests to the public side bring no cookie at all.
  if (!headers.has('cookie')) return null;
  const answer = await authOf(installation).api.getSession({
    headers,
    query: { disableRefresh: setCookie === undefined },
    returnHeaders: true,
  });
  if (answer.response && hasLivedOut(installation, answer.response.session)) {
    await installation.db.deleteFrom('sessions').where('id', '=', answer.response.session.id).execute();
    return null;
  }
  if (setCookie) for (const cookie of cookiesIn(answer.headers)) setCookie(cookie);
  if (!answer.response) return null;
  const { id, name, email } = answer.response.user;
  return { id, name, email };
}

function hasLivedOut({ clock }: Installation, { createdAt }: { createdAt: Date }): boolean {
  return createdAt.getTime() + SESSION_LIFETIME <= clock();
}
