import { HOUR, millis, MINUTE, type Millis } from '../domain/time.ts';
import { countAttempt, forgetAttempts, type AttemptLimit } from './attempts.ts';
import { ACCOUNT_DISABLED, authOf, browserOf, cookiesIn, refusalOf, type SessionCookie } from './auth.ts';
import type { Installation } from './installation.ts';
import { noteSecurity } from './security-log.ts';
import { SESSION_LIFETIME } from './session-lifetime.ts';

/** Somebody who is signed in to the office. */
export interface Organiser {
  id: string;
  name: string;
  email: string;
  session: {
    id: string;
    /** When it ends unless it is prolonged by then. */
    until: Millis;
    /** Whether it began at the city's identity provider, rather than by a password. */
    byProvider: boolean;
    /** When its owner has last proved who they are; null: that is not known. */
    provedAt: Millis | null;
  };
  /** Whether the account has a second factor. */
  secondFactor: boolean;
}

/** One person at one place who has forgotten the password. */
const SIGN_IN_BY_ACCOUNT: AttemptLimit = { what: 'sign-in to account', max: 10, window: 15 * MINUTE };
/** One account from everywhere at once: too many for a person, too few for a machine with many addresses. */
const SIGN_IN_ANYWHERE: AttemptLimit = { what: 'sign-in to account from anywhere', max: 100, window: HOUR };
/** A whole office behind one address. */
const SIGN_IN_BY_ADDRESS: AttemptLimit = { what: 'sign-in from address', max: 60, window: 15 * MINUTE };

export type SignInOutcome =
  | { kind: 'signed_in'; cookies: SessionCookie[] }
  /** The password was right; the code of the second factor is wanted next, from whoever brings these cookies. */
  | { kind: 'needs_code'; cookies: SessionCookie[] }
  | { kind: 'wrong' }
  /** The password was right, but nobody gets in with the account. */
  | { kind: 'disabled' }
  | { kind: 'too_many'; until: Millis };

/**
 * Signs an organiser in. Wrong address and wrong password are answered alike, and in the same time;
 * that an account is disabled, only who knows its password is told.
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
  const account = form.email.trim().toLowerCase();
  const who = `${address} ${account}`;
  for (const [limit, subject] of [
    [SIGN_IN_BY_ADDRESS, address],
    [SIGN_IN_BY_ACCOUNT, who],
    [SIGN_IN_ANYWHERE, account],
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
    await forgetAttempts(installation, SIGN_IN_ANYWHERE, account);
    const needsCode = 'twoFactorRedirect' in answer.response;
    if (needsCode) noteSecurity(installation, 'second_factor_asked');
    else noteSecurity(installation, 'signed_in', { user: answer.response.user.id });
    return { kind: needsCode ? 'needs_code' : 'signed_in', cookies: cookiesIn(answer.headers) };
  } catch (error) {
    const isDisabled = refusalOf(error) === ACCOUNT_DISABLED;
    const why = isDisabled ? 'disabled' : null;
    noteSecurity(installation, 'sign_in_failed', { user: await idOf(installation, account), why });
    return { kind: isDisabled ? 'disabled' : 'wrong' };
  }
}

/** Whose account it is, for the log, which holds no addresses; null where there is none. */
async function idOf({ db }: Installation, email: string): Promise<string | null> {
  const user = await db.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst();
  return user?.id ?? null;
}

/** @returns the cookies that must be taken away */
export async function signOut(installation: Installation, headers: Headers): Promise<SessionCookie[]> {
  const answer = await authOf(installation).api.signOut({ headers, returnHeaders: true });
  noteSecurity(installation, 'signed_out');
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
  const isOver =
    answer.response &&
    // Where a second factor is demanded, it must be known by which way somebody has come.
    ((installation.secondFactorRequired && answer.response.session.way == null) ||
      hasLivedOut(installation, answer.response.session) ||
      answer.response.user.disabledAt != null);
  if (answer.response && isOver) {
    await installation.db.deleteFrom('sessions').where('id', '=', answer.response.session.id).execute();
    return null;
  }
  if (setCookie) for (const cookie of cookiesIn(answer.headers)) setCookie(cookie);
  if (!answer.response) return null;
  const { user, session } = answer.response;
  const until = Math.min(session.expiresAt.getTime(), lastMomentOf(session));
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    session: {
      id: session.id,
      until: millis(until),
      byProvider: session.way === 'provider',
      provedAt: session.provedAt == null ? null : millis(session.provedAt),
    },
    secondFactor: user.twoFactorEnabled === true,
  };
}

function hasLivedOut({ clock }: Installation, session: { createdAt: Date }): boolean {
  return lastMomentOf(session) <= clock();
}

function lastMomentOf({ createdAt }: { createdAt: Date }): number {
  return createdAt.getTime() + SESSION_LIFETIME;
}
