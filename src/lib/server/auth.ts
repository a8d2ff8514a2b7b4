import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { APIError, isAPIError } from 'better-auth/api';
import { parseSetCookieHeader, toCookieOptions } from 'better-auth/cookies';
import type { genericOAuth } from 'better-auth/plugins/generic-oauth';
import { twoFactor } from 'better-auth/plugins/two-factor';
import { v7 } from 'uuid';
import { HOUR, MINUTE, SECOND } from '../domain/time.ts';
import type { Database, Tx } from './database/open.ts';
import { isPostgres } from './database/store-kind.ts';
import type { Installation } from './installation.ts';
import { PASSWORD_LENGTH, type OrganiserForm } from './organiser-form.ts';
import { IDLE_LIFETIME } from './session-lifetime.ts';

/** A cookie to be set (or, with no age left, to be taken away) by the route that answers. */
export interface SessionCookie {
  name: string;
  value: string;
  /** Seconds; undefined until the browser is closed. */
  maxAge: number | undefined;
}

/** The beginning of a cookie's name by which browsers bind it to one host, and to https. */
export const HOST_ONLY = '__Host-';

/** How exactly it is known when a session was used last; each time it is written down. */
const SESSION_GRAIN = HOUR;
/** How long there is to type the second factor's code after the password. */
const CODE_LIFETIME = 10 * MINUTE;

const instances = new WeakMap<Installation, Auth>();

export function authOf(installation: Installation): Auth {
  const auth = instances.get(installation) ?? createAuth(installation, installation.db, { signUp: false });
  instances.set(installation, auth);
  return auth;
}

export type Auth = ReturnType<typeof createAuth>;

/** better-auth within a transaction, so that what it changes is written down or not done at all. */
export function authWithin(installation: Installation, tx: Tx): Auth {
  return createAuth(installation, tx, { signUp: false });
}

interface AuthOptions {
  /** Whether an account can be made with a password. */
  signUp: boolean;
  /** The city's identity provider, and what it may do. */
  provider?: ProviderOptions;
}

/** What better-auth is told of an identity provider. */
export type ProviderOptions = Pick<BetterAuthOptions, 'account' | 'databaseHooks' | 'onAPIError'> & {
  plugin: ReturnType<typeof genericOAuth>;
  validateUserInfo: NonNullable<NonNullable<BetterAuthOptions['user']>['validateUserInfo']>;
};

/**
 * better-auth on the installation's own database. None of its endpoints is mounted: what the office offers, it offers
 * through the functions of `accounts.ts` and its neighbours, so nobody can sign up, and attempts are counted here.
 */
export function createAuth(installation: Installation, db: Database | Tx, { signUp, provider }: AuthOptions) {
  return betterAuth({
    appName: 'Einlass',
    baseURL: installation.origin,
    secret: installation.secrets.key('accounts').toString('base64url'),
    database: { db, type: isPostgres(db) ? 'postgres' : 'sqlite', transaction: false },
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
      additionalFields: {
        way: { type: 'string', required: false, input: false },
        provedAt: { type: 'number', required: false, input: false, fieldName: 'proved_at' },
      },
      expiresIn: IDLE_LIFETIME / SECOND,
      updateAge: SESSION_GRAIN / SECOND,
    },
    user: {
      modelName: 'users',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
      additionalFields: {
        disabledAt: { type: 'number', required: false, input: false, fieldName: 'disabled_at' },
      },
      ...(provider && { validateUserInfo: provider.validateUserInfo }),
    },
    account: {
      ...provider?.account,
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
    plugins: [secondFactor(), ...(provider ? [provider.plugin] : [])],
    ...(provider && { onAPIError: provider.onAPIError }),
    databaseHooks: {
      ...provider?.databaseHooks,
      session: {
        create: {
          before: (session, context) =>
            beginSession(installation, db, session, context?.path?.startsWith('/callback') ?? false),
        },
      },
    },
    advanced: {
      // Over https, browsers themselves see to it that nobody beside this very host sets such a cookie.
      cookiePrefix: installation.origin.startsWith('https:') ? `${HOST_ONLY}einlass` : 'einlass',
      // Whether a cookie is secure, the route says: it knows the scheme of the address that is used.
      useSecureCookies: false,
      // The migrations' tests see to it; and within a transaction it could not be looked at.
      database: { generateId: () => v7(), validateSchema: false },
      ipAddress: { disableIpTracking: true },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    // Its messages may name people.
    logger: { level: 'error', log: () => installation.log.error('better-auth reports an error') },
  });
}

/** Why better-auth refuses a session to an account that is disabled. */
export const ACCOUNT_DISABLED = 'ACCOUNT_DISABLED';

/** Every way in ends in a session, so here nobody gets past whose account is disabled. @throws {APIError} then */
async function beginSession<Session extends { userId: string }>(
  { clock }: Installation,
  db: Database | Tx,
  session: Session,
  byProvider: boolean,
) {
  const user = await db
    .selectFrom('users')
    .select('disabled_at')
    .where('id', '=', session.userId)
    .executeTakeFirst();
  if (user && user.disabled_at !== null)
    throw new APIError('FORBIDDEN', { code: ACCOUNT_DISABLED, message: 'The account is disabled' });
  return { data: { ...session, way: byProvider ? 'provider' : 'password', provedAt: clock() } };
}

/**
 * The code of an app (TOTP, RFC 6238). How often one may be tried, and that each works once, `sign-in-code.ts` sees to;
 * the recovery codes are made and hashed by `second-factor.ts`, so what better-auth keeps of them are hashes.
 */
function secondFactor() {
  return twoFactor({
    issuer: 'Einlass',
    twoFactorCookieMaxAge: CODE_LIFETIME / SECOND,
    accountLockout: { enabled: false },
    backupCodeOptions: { storeBackupCodes: 'plain', customBackupCodesGenerate: () => [] },
    schema: {
      user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
      twoFactor: {
        modelName: 'second_factors',
        fields: {
          userId: 'user_id',
          backupCodes: 'recovery_codes',
          failedVerificationCount: 'failed_count',
          lockedUntil: 'locked_until',
        },
      },
    },
  });
}

/** The address is none in better-auth's eyes, whose notion of one is narrower than ours; or it has an account already. */
export class EmailRefused extends Error {}

/**
 * Makes an account and signs it in, within a transaction that also uses up what entitled to it.
 *
 * @param browser - the headers of the request, for the list of sessions
 * @throws {EmailRefused} so that the transaction is rolled back
 */
export async function signUp(
  installation: Installation,
  tx: Tx,
  form: OrganiserForm,
  browser: Headers = new Headers(),
): Promise<{ userId: string; cookies: SessionCookie[] }> {
  try {
    const auth = createAuth(installation, tx, { signUp: true });
    const { headers, response } = await auth.api.signUpEmail({
      body: form,
      headers: browserOf(browser),
      returnHeaders: true,
    });
    return { userId: response.user.id, cookies: cookiesIn(headers) };
  } catch (error) {
    if (isAPIError(error) && error.statusCode < 500) throw new EmailRefused();
    throw error;
  }
}

/** What a request tells of the browser, for the list of sessions; nothing else of it is handed on. */
export function browserOf(headers: Headers): Headers {
  return new Headers({ 'user-agent': headers.get('user-agent')?.slice(0, 300) ?? '' });
}

/** The code of an error that better-auth answers with on purpose. @throws any other error */
export function refusalOf(error: unknown): string {
  if (isAPIError(error) && error.statusCode < 500) return error.body?.code ?? '';
  throw error;
}

/** Whether better-auth refused because the session has ended: elsewhere, while the request was on its way. */
export function hasSignedOut(error: unknown): boolean {
  return isAPIError(error) && error.statusCode === 401;
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
