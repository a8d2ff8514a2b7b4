import { betterAuth } from 'better-auth';
import { isAPIError } from 'better-auth/api';
import { parseSetCookieHeader, toCookieOptions } from 'better-auth/cookies';
import { v7 } from 'uuid';
import { DAY, SECOND } from '../domain/time.ts';
import type { Database, Tx } from './database/open.ts';
import type { Installation } from './installation.ts';
import { PASSWORD_LENGTH, type OrganiserForm } from './organiser-form.ts';

/** A cookie to be set (or, with no age left, to be taken away) by the route that answers. */
export interface SessionCookie {
  name: string;
  value: string;
  /** Seconds; undefined until the browser is closed. */
  maxAge: number | undefined;
}

const SESSION_LIFETIME = 7 * DAY;

const instances = new WeakMap<Installation, Auth>();

export function authOf(installation: Installation): Auth {
  const auth = instances.get(installation) ?? createAuth(installation, installation.db, { signUp: false });
  instances.set(installation, auth);
  return auth;
}

type Auth = ReturnType<typeof createAuth>;

/**
 * better-auth on the installation's own database. None of its endpoints is mounted: what the office offers, it offers
 * through the functions of `accounts.ts` and its neighbours, so nobody can sign up, and attempts are counted here.
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

/** The address is none in better-auth's eyes, whose notion of one is narrower than ours; or it has an account already. */
export class EmailRefused extends Error {}

/**
 * Makes an account and signs it in, within a transaction that also uses up what entitled to it.
 *
 * @throws {EmailRefused} so that the transaction is rolled back
 */
export async function signUp(
  installation: Installation,
  tx: Tx,
  form: OrganiserForm,
): Promise<{ userId: string; cookies: SessionCookie[] }> {
  try {
    const auth = createAuth(installation, tx, { signUp: true });
    const { headers, response } = await auth.api.signUpEmail({ body: form, returnHeaders: true });
    return { userId: response.user.id, cookies: cookiesIn(headers) };
  } catch (error) {
    if (isAPIError(error) && error.statusCode < 500) throw new EmailRefused();
    throw error;
  }
}

/** The cookies that an answer of better-auth's sets. */
export function cookiesIn(headers: Headers): SessionCookie[] {
  return headers.getSetCookie().flatMap((line) =>
    [...parseSetCookieHeader(line)].map(([name, attributes]) => ({
      name,
      value: attributes.value,
      maxAge: toCookieOptions(attributes).maxAge,
    })),
  );
}
