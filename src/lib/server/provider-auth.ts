import { getOAuthState } from 'better-auth/api';
import { genericOAuth } from 'better-auth/plugins/generic-oauth';
import * as v from 'valibot';
import { SECOND } from '../domain/time.ts';
import { writeAct } from './acts.ts';
import { createAuth, type Auth, type ProviderOptions } from './auth.ts';
import type { IdentityProvider } from './identity-provider.ts';
import type { Installation } from './installation.ts';
import { readInvitation } from './invitations.ts';

/** The provider's id in better-auth and in the database: there is one, whatever it is called. */
export const PROVIDER_ID = 'oidc';
/** Where the provider sends the browser back to. */
export const CALLBACK_PATH = '/office/sign-in/provider/callback';
/** Where better-auth would send whom it refuses; `provider-sign-in.ts` looks at it, and nobody gets there. */
export const REFUSED_PATH = '/refused';

const DISCOVERY_TIMEOUT = 10 * SECOND;

/** The provider can't be reached, or is not the one that was named. */
export class ProviderUnavailable extends Error {}

const instances = new WeakMap<Installation, Promise<Auth>>();

/**
 * better-auth with the city's provider, made when it is first needed: beside the one that knows passwords, so that
 * these don't depend on the provider's being there.
 *
 * @throws {ProviderUnavailable} then it is tried anew the next time
 */
export async function providerAuthOf(installation: Installation, provider: IdentityProvider): Promise<Auth> {
  const making = instances.get(installation) ?? createProviderAuth(installation, provider);
  instances.set(installation, making);
  try {
    return await making;
  } catch (error) {
    instances.delete(installation);
    throw error;
  }
}

async function createProviderAuth(installation: Installation, provider: IdentityProvider): Promise<Auth> {
  const basicAuth = await discover(provider);
  const auth = createAuth(installation, installation.db, {
    signUp: false,
    provider: optionsOf(installation, provider, basicAuth),
  });
  const { socialProviders } = await auth.$context;
  if (!socialProviders.some(({ id }) => id === PROVIDER_ID))
    throw new ProviderUnavailable('the discovery document is not usable');
  return auth;
}

const DiscoverySchema = v.object({
  issuer: v.string(),
  token_endpoint_auth_methods_supported: v.optional(v.array(v.string()), ['client_secret_basic']),
});

/**
 * Reads the discovery document, which must be the named issuer's own: otherwise whoever answers at the address could
 * have tokens believed that another issuer has made (OpenID Connect Discovery, 4.3).
 *
 * @returns whether the client's secret goes into a header, as the standard prefers, or into the form
 */
async function discover(provider: IdentityProvider): Promise<boolean> {
  try {
    const answer = await fetch(discoveryUrl(provider), { signal: AbortSignal.timeout(DISCOVERY_TIMEOUT) });
    const { issuer, ...document } = v.parse(DiscoverySchema, await answer.json());
    if (issuer !== provider.issuer) throw new Error('the discovery document names another issuer');
    return document.token_endpoint_auth_methods_supported.includes('client_secret_basic');
  } catch (cause) {
    throw new ProviderUnavailable('no discovery document', { cause });
  }
}

function discoveryUrl({ issuer }: IdentityProvider): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

function optionsOf(
  installation: Installation,
  provider: IdentityProvider,
  basicAuth: boolean,
): ProviderOptions {
  return {
    plugin: genericOAuth({
      config: [
        {
          providerId: PROVIDER_ID,
          name: provider.name,
          discoveryUrl: discoveryUrl(provider),
          clientId: provider.clientId,
          clientSecret: provider.clientSecret,
          tokenEndpointAuth: { method: basicAuth ? 'client_secret_basic' : 'client_secret_post' },
          redirectURI: installation.origin + CALLBACK_PATH,
          scopes: ['openid', 'email', 'profile'],
          pkce: true,
          requireIdTokenVerification: true,
          disableImplicitSignUp: true,
          // An answer without an ID token proves neither who has made it nor for whom.
          accountSubject({ tokens, profile }) {
            if (!tokens.idToken) throw new Error('the provider has sent no ID token');
            return profile.sub ?? '';
          },
          // An address that the provider has not verified is none.
          mapProfileToUser: ({ email, emailVerified, name, preferred_username: nickname }) => ({
            email: emailVerified === true ? email : null,
            name: nameOf(name, nickname, email),
          }),
        },
      ],
    }),
    validateUserInfo: async ({ source }) => {
      if (source.action !== 'create-user') return;
      const { invitation: token }: { invitation?: unknown } = (await getOAuthState()) ?? {};
      const invitation =
        typeof token === 'string' && (await readInvitation(installation, installation.db, token));
      if (!invitation || invitation.kind !== 'usable') return { error: 'no_invitation' };
    },
    account: {
      // What travels through the provider and back is in an encrypted cookie: whoever only looks leaves nothing behind.
      storeStateStrategy: 'cookie',
      updateAccountOnSignIn: false,
    },
    databaseHooks: {
      account: {
        create: {
          before: (account) => Promise.resolve({ data: { ...account, ...NO_TOKENS } }),
          after: ({ userId }) => writeLinked(installation, userId),
        },
        update: { before: (account) => Promise.resolve({ data: { ...account, ...NO_TOKENS } }) },
      },
    },
    onAPIError: { errorURL: `${installation.origin}${REFUSED_PATH}/sign-in` },
  };
}

/** Who somebody is has been seen; nothing is asked of the provider later, so nothing of it is kept. */
const NO_TOKENS = { accessToken: null, refreshToken: null, idToken: null };

function nameOf(...candidates: unknown[]): string {
  const name = candidates.find((text): text is string => typeof text === 'string' && text.trim() !== '');
  return (name ?? '').trim().slice(0, 100);
}

async function writeLinked(installation: Installation, userId: string): Promise<void> {
  await installation.db.transaction().execute(async (tx) => {
    const by = await tx
      .selectFrom('users')
      .select(['id', 'name'])
      .where('id', '=', userId)
      .executeTakeFirst();
    await writeAct(installation, tx, {
      eventId: null,
      by: by ?? null,
      kind: 'provider_linked',
      subject: userId,
    });
  });
}
