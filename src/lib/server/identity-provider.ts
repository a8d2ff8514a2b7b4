import * as v from 'valibot';

/** Who else vouches for organisers: the city's OpenID Connect provider. */
export interface IdentityProvider {
  /** As its tokens name it, which is also where its discovery document is found. */
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** What it is called on the button. */
  name: string;
}

const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Without TLS anybody on the way could vouch for anybody. */
export const IssuerSchema = v.pipe(
  v.string(),
  v.check(
    (text) => URL.canParse(text),
    'is not an address; it looks like https://login.example.org/realms/city',
  ),
  v.check((text) => {
    if (!URL.canParse(text)) return true;
    const { protocol, hostname } = new URL(text);
    return protocol === 'https:' || (protocol === 'http:' && LOCAL.has(hostname));
  }, 'must begin with https://'),
  v.check((text) => !/[?#]/.test(text), 'must end after its path'),
);

const filled = v.optional(v.pipe(v.string(), v.trim(), v.nonEmpty('is empty')));

/** The part of the environment that names the provider. */
export const PROVIDER_ENTRIES = {
  /** The provider's issuer; without it, there are passwords only. */
  EINLASS_OIDC_ISSUER: v.optional(IssuerSchema),
  EINLASS_OIDC_CLIENT_ID: filled,
  EINLASS_OIDC_CLIENT_SECRET: filled,
  /** What the button says: "Anmelden mit …". By default the provider's host. */
  EINLASS_OIDC_NAME: filled,
};

type Values = { [Name in keyof typeof PROVIDER_ENTRIES]?: string | undefined };

/** @returns null where no provider is named @throws with a sentence that names the variable and what is wrong */
export function readProvider(values: Values): IdentityProvider | null {
  const { EINLASS_OIDC_ISSUER: issuer, EINLASS_OIDC_CLIENT_ID: clientId } = values;
  const named = Object.keys(PROVIDER_ENTRIES).find((name) => values[name as keyof Values] !== undefined);
  if (named === undefined) return null;
  if (issuer === undefined) throw new Error(`EINLASS_OIDC_ISSUER: is missing, although ${named} is set`);
  if (clientId === undefined)
    throw new Error('EINLASS_OIDC_CLIENT_ID: is missing, although EINLASS_OIDC_ISSUER is set');
  const clientSecret = values.EINLASS_OIDC_CLIENT_SECRET;
  if (clientSecret === undefined)
    throw new Error('EINLASS_OIDC_CLIENT_SECRET: is missing, although EINLASS_OIDC_ISSUER is set');
  const name = values.EINLASS_OIDC_NAME ?? new URL(issuer).hostname;
  return { issuer, clientId, clientSecret, name };
}
