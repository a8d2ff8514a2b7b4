import { betterAuth } from 'better-auth';
import { isAPIError } from 'better-auth/api';
import { parseSetCookieHeader, toCookieOptions } from 'better-auth/cookies';
import { v7 } from 'uuid';
import * as v from 'valibot';
import { addMillis, DAY, MINUTE, SECOND, type Millis } from '../domain/time.ts';
import { countAttempt, forgetAttempts, type AttemptLimit } from './attempts.ts';
import type { Database, Tx } from './database/open.ts';
import type { Installation } from './installation.ts';
import { createToken, hashToken } from './secrets.ts';

/** Somebody who is signed in to the office. */
export interface Organiser {
  id: string;
  name: string;
  email: string;
}

/** A cookie to be set (or, with no age left, to be taken away) by the route that answers. */
export interface SessionCookie {
  name: string;
  value: string;
  /** Seconds; undefined until the browser is closed. */
  maxAge: number | undefined;
}

/** How many characters a password has at least and at most. */
export const PASSWORD_LENGTH = { min: 12, max: 128 };

/** Each message is a code that the route puts into the reader's language. */
export const OrganiserFormSchema = v.object({
  name: v.pipe(v.string(), v.trim(), v.nonEmpty('name_missing'), v.maxLength(100, 'name_too_long')),
  email: v.pipe(v.string(), v.trim(), v.nonEmpty('email_missing'), v.email('email_malformed')),
  password: v.pipe(
    v.string(),
    v.minLength(PASSWORD_LENGTH.min, 'password_too_short'),
    v.maxLength(PASSWORD_LENGTH.max, 'password_too_long'),
  ),
});
export type OrganiserForm = v.InferOutput<typeof OrganiserFormSchema>;

const SESSION_LIFETIME = 7 * DAY;
export const SETUP_LINK_LIFETIME = 7 * DAY;

/** One person at one place who has forgotten the password. */
const SIGN_IN_BY_ACCOUNT: AttemptLimit = { what: 'sign-in to account', max: 10, window: 15 * MINUTE };
/** A whole office behind one address. */
const SIGN_IN_BY_ADDRESS: AttemptLimit = { what: 'sign-in from address', max: 60, window: 15 * MINUTE };

const instances = new WeakMap<Installation, Auth>();

function authOf(installation: Installation): Auth {
  const auth = instances.get(installation) ?? createAuth(installation, installation.db, { signUp: false });
  instances.set(installation, auth);
  return auth;
}

type Auth = ReturnType<typeof createAuth>;

/**
 * better-auth on the installation's own database. None of its endpoints is mounted: what the office offers, it offers
 * through the functions of this file, so nobody can sign up, and attempts are counted here.
 */
function createAuth(installation: Installation, db: Database | Tx, { signUp }: { signUp: boolean }) {
  return betterAuth({
    appName: 'Einlass',
    baseURL: installation.origin,
    secret: installation.secrets.key('accounts').toString('base64url'),
    database: { db, type: 'sqlite', transaction: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: !signUp,
      minPasswordLength: PASSWORD_LENGTH.min,
      maxPasswordLength: PASSWORD_LENGTH.max,
    },
    session: {
      modelName: 'sessions',
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
      expiresIn: SESSION_LIFETIME / SECOND,
      updateAge: DAY / SECOND,
    },
    user: {
      modelName: 'users',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    account: {
      modelName: 'user_accounts',
      fields: {
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'verifications',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    advanced: {
      cookiePrefix: 'einlass',
      // Whether a cookie is secure, the route says: it knows the scheme of the address that is used.
      useSecureCookies: false,
      database: { generateId: () => v7() },
      ipAddress: { disableIpTracking: true },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    // Its messages may name people.
    logger: { level: 'error', log: () => installation.log.error('better-auth reports an error') },
  });
}

async function hasOrganiser(db: Database | Tx): Promise<boolean> {
  return (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined;
}

/** Whether anybody can sign in yet. */
export async function isSetUp({ db }: Pick<Installation, 'db'>): Promise<boolean> {
  return hasOrganiser(db);
}

/**
 * Makes the one-time link by which the first organiser gets in; earlier ones that were not used are good no more.
 *
 * @returns the link's token, of which only the hash is kept; null when there is an organiser
 */
export async function createSetupLink({ db, clock }: Installation): Promise<string | null> {
  if (await hasOrganiser(db)) return null;
  const token = createToken();
  await db.transaction().execute(async (tx) => {
    await tx.deleteFrom('setup_links').where('used_at', 'is', null).execute();
    await tx
      .insertInto('setup_links')
      .values({
        token_hash: hashToken(token),
        expires_at: addMillis(clock(), SETUP_LINK_LIFETIME),
        used_at: null,
      })
      .execute();
  });
  return token;
}

/** Whether a setup link can be used, or why not. */
export type SetupLinkState = 'usable' | 'unknown' | 'expired' | 'used';

export async function readSetupLink(
  { clock }: Pick<Installation, 'clock'>,
  db: Database | Tx,
  token: string,
): Promise<SetupLinkState> {
  const link = await db
    .selectFrom('setup_links')
    .select(['expires_at', 'used_at'])
    .where('token_hash', '=', hashToken(token))
    .executeTakeFirst();
  if (link?.used_at != null || (await hasOrganiser(db))) return 'used';
  if (!link) return 'unknown';
  return link.expires_at <= clock() ? 'expired' : 'usable';
}

export type SetupOutcome =
  | { kind: 'signed_in'; cookies: SessionCookie[] }
  | { kind: 'bad_link'; state: Exclude<SetupLinkState, 'usable'> }
  | { kind: 'bad_email' };

/** Makes the first organiser, and uses up the link; either both happen or neither. */
export async function useSetupLink(
  installation: Installation,
  token: string,
  form: OrganiserForm,
): Promise<SetupOutcome> {
  try {
    return await installation.db.transaction().execute(async (tx): Promise<SetupOutcome> => {
      const used = await tx
        .updateTable('setup_links')
        .set({ used_at: installation.clock() })
        .where('token_hash', '=', hashToken(token))
        .where('used_at', 'is', null)
        .where('expires_at', '>', installation.clock())
        .returning('token_hash')
        .executeTakeFirst();
      if (!used || (await hasOrganiser(tx))) {
        const state = await readSetupLink(installation, tx, token);
        return { kind: 'bad_link', state: state === 'usable' ? 'unknown' : state };
      }
      const auth = createAuth(installation, tx, { signUp: true });
      const { headers } = await auth.api.signUpEmail({ body: form, returnHeaders: true });
      return { kind: 'signed_in', cookies: cookiesIn(headers) };
    });
  } catch (error) {
    // What it still refuses of a form that has passed our schema is the address, of which its notion is narrower.
    if (isAPIError(error) && error.statusCode < 500) return { kind: 'bad_email' };
    throw error;
  }
}

export type SignInOutcome =
  { kind: 'signed_in'; cookies: SessionCookie[] } | { kind: 'wrong' } | { kind: 'too_many'; until: Millis };

/**
 * Signs an organiser in. Wrong address and wrong password are answered alike, and in the same time.
 *
 * @param address - where the request came from
 */
export async function signIn(
  installation: Installation,
  form: { email: string; password: string },
  address: string,
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
    const { headers } = await authOf(installation).api.signInEmail({
      body: { email: form.email.trim(), password: form.password },
      returnHeaders: true,
    });
    await forgetAttempts(installation, SIGN_IN_BY_ACCOUNT, who);
    return { kind: 'signed_in', cookies: cookiesIn(headers) };
  } catch (error) {
    if (isAPIError(error) && error.statusCode < 500) return { kind: 'wrong' };
    throw error;
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
  if (setCookie) for (const cookie of cookiesIn(answer.headers)) setCookie(cookie);
  if (!answer.response) return null;
  const { id, name, email } = answer.response.user;
  return { id, name, email };
}

function cookiesIn(headers: Headers): SessionCookie[] {
  return headers.getSetCookie().flatMap((line) =>
    [...parseSetCookieHeader(line)].map(([name, attributes]) => ({
      name,
      value: attributes.value,
      maxAge: toCookieOptions(attributes).maxAge,
    })),
  );
}
