import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IdentityProvider } from '../../src/lib/server/identity-provider.ts';

/** Who is logged in at the provider. */
export interface Person {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
}

/** How the provider shall misbehave. */
export interface Lies {
  /** Other claims in the ID token. */
  claims?: Record<string, unknown>;
  /** The token is signed by a key that is not the provider's. */
  foreignKey?: boolean;
  /** The token says that it needs no signature. */
  unsigned?: boolean;
  /** No ID token at all. */
  noIdToken?: boolean;
  /** The discovery document names another issuer. */
  discoveryIssuer?: string;
  /** Who logs in changes their mind. */
  refuses?: boolean;
}

interface Grant {
  nonce: string | null;
  challenge: string | null;
  redirectUri: string | null;
  person: Person;
}

const CLIENT = { id: 'einlass', secret: 'a secret / of the: client' };

/**
 * A small OpenID Connect provider: discovery, authorize, token, keys and user info, with real RS256 tokens. It insists
 * on what Einlass promises: PKCE (S256), state, nonce, the registered address, its client's secret, each code once.
 */
export class OidcProvider {
  person: Person = { sub: 'nobody' };
  lies: Lies = {};
  issuer = '';
  /** What was asked of the authorize endpoint last. */
  asked = new URLSearchParams();
  private readonly redirectUri: string;
  private readonly grants = new Map<string, Grant>();
  private readonly people = new Map<string, Person>();
  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly server = createServer((request, response) => void this.answer(request, response));

  /** @param origin - Einlass's */
  constructor(origin: string) {
    this.redirectUri = `${origin}/office/sign-in/provider/callback`;
  }

  async start(): Promise<IdentityProvider> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.issuer = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/realms/city`;
    return { issuer: this.issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret, name: 'Stadt-Login' };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.issuer);
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    switch (url.pathname.replace('/realms/city', '')) {
      case '/.well-known/openid-configuration':
        return void json(200, this.discovery());
      case '/keys': {
        const key = {
          ...this.keys.publicKey.export({ format: 'jwk' }),
          kid: 'one',
          use: 'sig',
          alg: 'RS256',
        };
        return void json(200, { keys: [key] });
      }
      case '/authorize':
        return void response.writeHead(302, { location: this.authorize(url.searchParams) }).end();
      case '/token': {
        const tokens = this.exchange(request, new URLSearchParams(await bodyOf(request)));
        return void json(tokens ? 200 : 400, tokens ?? { error: 'invalid_grant' });
      }
      case '/userinfo': {
        const person = this.people.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
        return void json(person ? 200 : 401, person ?? { error: 'invalid_token' });
      }
      default:
        return void json(404, {});
    }
  }

  private discovery() {
    return {
      issuer: this.lies.discoveryIssuer ?? this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      userinfo_endpoint: `${this.issuer}/userinfo`,
      jwks_uri: `${this.issuer}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
    };
  }

  private authorize(asked: URLSearchParams): string {
    this.asked = asked;
    const back = new URL(this.redirectUri);
    back.searchParams.set('state', asked.get('state') ?? '');
    const wrong =
      asked.get('client_id') !== CLIENT.id ||
      asked.get('redirect_uri') !== this.redirectUri ||
      asked.get('response_type') !== 'code' ||
      !asked.get('scope')?.split(' ').includes('openid') ||
      asked.get('code_challenge_method') !== 'S256' ||
      !asked.get('nonce');
    if (wrong || this.lies.refuses) {
      back.searchParams.set('error', wrong ? 'invalid_request' : 'access_denied');
      return back.href;
    }
    const code = randomUUID();
    this.grants.set(code, {
      nonce: asked.get('nonce'),
      challenge: asked.get('code_challenge'),
      redirectUri: asked.get('redirect_uri'),
      person: this.person,
    });
    back.searchParams.set('code', code);
    return back.href;
  }

  private exchange(request: IncomingMessage, form: URLSearchParams): object | null {
    const code = form.get('code') ?? '';
    const grant = this.grants.get(code);
    this.grants.delete(code);
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const credentials = `${encodeURIComponent(CLIENT.id)}:${encodeURIComponent(CLIENT.secret)}`.replaceAll(
      '%20',
      '+',
    );
    const isClient = request.headers.authorization === `Basic ${Buffer.from(credentials).toString('base64')}`;
    if (!grant || !isClient || verifier !== grant.challenge || form.get('redirect_uri') !== grant.redirectUri)
      return null;
    const accessToken = randomUUID();
    this.people.set(accessToken, grant.person);
    const tokens = {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: 300,
      refresh_token: randomUUID(),
    };
    return this.lies.noIdToken ? tokens : { ...tokens, id_token: this.idToken(grant) };
  }

  private idToken({ nonce, person }: Grant): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.issuer,
      aud: CLIENT.id,
      iat: now,
      exp: now + 300,
      nonce,
      ...person,
      ...this.lies.claims,
    };
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    if (this.lies.unsigned) return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
    const signed = `${part({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${part(claims)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), this.signingKey()).toString('base64url')}`;
  }

  private signingKey(): KeyObject {
    return this.lies.foreignKey
      ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
      : this.keys.privateKey;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
