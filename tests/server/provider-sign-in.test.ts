import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addMillis, DAY, millis, type Millis } from '../../src/lib/domain/time.ts';
import { signUp } from '../../src/lib/server/auth.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import type { IdentityProvider } from '../../src/lib/server/identity-provider.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { acceptInvitation, createInvitation } from '../../src/lib/server/invitations.ts';
import { readWaysIn } from '../../src/lib/server/own-account.ts';
import {
  finishProviderSignIn,
  startConnecting,
  startProviderSignIn,
  type ProviderReturn,
  type ProviderStart,
} from '../../src/lib/server/provider-sign-in.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation } from '../support/installation.ts';
import { MERTENS, OfficeBrowser, setUpBrowser } from '../support/office-browser.ts';
import { OidcProvider, type Lies, type Person } from '../support/oidc-provider.ts';

const ORIGIN = 'http://localhost:3000';
const ANNA: Person = { sub: 'a-1', email: 'Anna@example.org', email_verified: true, name: 'Anna Beyer' };
const FRANK: Person = { sub: 'f-1', email: MERTENS.email, email_verified: true, name: 'Frank' };

let city: OidcProvider;
let provider: IdentityProvider;
let installation: Installation;
let dispose: () => Promise<void>;
let now: Millis;

beforeAll(async () => {
  city = new OidcProvider(ORIGIN);
  provider = await city.start();
});
afterAll(() => city.stop());
beforeEach(async () => {
  city.lies = {};
  now = millis(Date.now());
  const made = await testInstallation(() => now, { provider });
  installation = made.installation;
  dispose = () => made.dispose();
});
afterEach(() => dispose());

/** Goes to the provider, as a person, and comes back. */
async function travel(browser: OfficeBrowser, start: ProviderStart, person: Person): Promise<ProviderReturn> {
  if (start.kind !== 'go') throw new Error(start.why);
  browser.keep(start.cookies);
  city.person = person;
  return comeBack(browser, await backFrom(start.url));
}

async function backFrom(url: string): Promise<URL> {
  const answer = await fetch(url, { redirect: 'manual' });
  return new URL(answer.headers.get('location')!);
}

async function comeBack(browser: OfficeBrowser, url: URL): Promise<ProviderReturn> {
  const back = await finishProviderSignIn(installation, provider, browser.headers, url);
  browser.keep(back.cookies);
  return back;
}

async function signIn(browser: OfficeBrowser, person: Person, to: string | null = null) {
  return travel(browser, await startProviderSignIn(installation, provider, to), person);
}

async function invite(): Promise<string> {
  const eventId = await createEvent(installation, dialogueEvening());
  return createInvitation(installation, eventId, 'reception', null);
}

/** Somebody who was invited and came by the provider. */
async function invited(person: Person): Promise<OfficeBrowser> {
  const browser = new OfficeBrowser(installation);
  const back = await signIn(browser, person, `/office/invitation/${await invite()}`);
  expect(back.refused).toBeNull();
  return browser;
}

const users = () => installation.db.selectFrom('users').select(['name', 'email']).execute();

describe('somebody who comes from the provider', () => {
  test('without an account and without an invitation is refused, and none is made', async () => {
    const browser = new OfficeBrowser(installation);
    expect(await signIn(browser, ANNA)).toMatchObject({ refused: 'no_invitation', to: '/office/sign-in' });
    expect(await browser.organiser()).toBeNull();
    expect(await users()).toEqual([]);
  });

  test('with an invitation gets an account, and is led back to the invitation', async () => {
    const token = await invite();
    const browser = new OfficeBrowser(installation);
    const to = `/office/invitation/${token}`;
    expect(await signIn(browser, ANNA, to)).toMatchObject({ refused: null, to });
    const organiser = await browser.organiser();
    expect(organiser).toMatchObject({ name: 'Anna Beyer', email: 'anna@example.org' });
    expect(await acceptInvitation(installation, token, organiser!)).toMatchObject({ kind: 'joined' });
    expect(await readWaysIn(installation.db, organiser!.id)).toEqual({ password: false, provider: true });
  });

  test('is refused while the account is disabled, and let in again afterwards', async () => {
    const { id } = (await (await invited(ANNA)).organiser())!;
    const set = (disabled_at: Millis | null) =>
      installation.db.updateTable('users').set({ disabled_at }).where('id', '=', id).execute();
    await set(now);
    const again = new OfficeBrowser(installation);
    expect(await signIn(again, ANNA)).toMatchObject({ refused: 'disabled', to: '/office/sign-in' });
    expect(await again.organiser()).toBeNull();
    await set(null);
    expect(await signIn(again, ANNA)).toMatchObject({ refused: null });
    expect((await again.organiser())?.session).toMatchObject({ byProvider: true, provedAt: now });
  });

  test('is known the next time by the login, even with another address', async () => {
    const first = await invited(ANNA);
    const again = new OfficeBrowser(installation);
    const married = { ...ANNA, email: 'anna.new@example.org' };
    expect(await signIn(again, married, '/office/account')).toMatchObject({
      refused: null,
      to: '/office/account',
    });
    const { id, name, email } = (await first.organiser())!;
    expect(await again.organiser()).toMatchObject({ id, name, email });
  });

  test('is refused when the provider has not verified the address', async () => {
    const to = `/office/invitation/${await invite()}`;
    for (const person of [
      { ...ANNA, email_verified: false },
      { sub: ANNA.sub, email: ANNA.email! },
      { sub: ANNA.sub },
    ]) {
      expect(await signIn(new OfficeBrowser(installation), person, to)).toMatchObject({
        refused: 'unverified',
      });
    }
    expect(await users()).toEqual([]);
  });

  test.each([
    ['expired', () => void (now = addMillis(now, 8 * DAY))],
    ['is used up', () => installation.db.updateTable('invitations').set({ used_at: now }).execute()],
  ])('is refused when the invitation %s in the meantime', async (_, happens) => {
    const start = await startProviderSignIn(installation, provider, `/office/invitation/${await invite()}`);
    await happens();
    const browser = new OfficeBrowser(installation);
    expect(await travel(browser, start, ANNA)).toMatchObject({ refused: 'no_invitation' });
    expect(await users()).toEqual([]);
  });

  test('does not get into an account that somebody has made with the same address and a password', async () => {
    await setUpBrowser(installation);
    const browser = new OfficeBrowser(installation);
    expect(await signIn(browser, FRANK)).toMatchObject({ refused: 'account_exists' });
    const to = `/office/invitation/${await invite()}`;
    expect(await signIn(browser, FRANK, to)).toMatchObject({ refused: 'account_exists' });
    expect(await browser.organiser()).toBeNull();
  });

  test('leaves none of the provider’s tokens behind, and an act', async () => {
    await invited(ANNA);
    const accounts = await installation.db.selectFrom('user_accounts').selectAll().execute();
    expect(accounts).toMatchObject([{ access_token: null, refresh_token: null, id_token: null }]);
    const acts = await installation.db.selectFrom('acts').select('kind').execute();
    expect(acts.map(({ kind }) => kind)).toContain('provider_linked');
  });

  test('is told when they have changed their mind', async () => {
    city.lies = { refuses: true };
    expect(await signIn(new OfficeBrowser(installation), ANNA)).toMatchObject({ refused: 'cancelled' });
  });
});

describe('the provider’s answer', () => {
  test('is asked for with PKCE, state and nonce, and with nothing but who it is', async () => {
    await signIn(new OfficeBrowser(installation), ANNA);
    expect(city.asked.get('code_challenge_method')).toBe('S256');
    expect(city.asked.get('nonce')).toMatch(/^[\w-]{20,}$/);
    expect(city.asked.get('state')).toMatch(/^[\w-]{20,}$/);
    expect(city.asked.get('scope')!.split(' ').sort()).toEqual(['email', 'openid', 'profile']);
  });

  test.each<[string, Lies]>([
    ['another issuer has made it', { claims: { iss: 'https://evil.example' } }],
    ['it is for another client', { claims: { aud: 'somebody-else' } }],
    ['it has another nonce', { claims: { nonce: 'of another attempt' } }],
    ['it has no nonce', { claims: { nonce: undefined } }],
    ['it has expired', { claims: { exp: 1_700_000_000 } }],
    ['it is signed by another key', { foreignKey: true }],
    ['it is not signed', { unsigned: true }],
    ['there is no ID token', { noIdToken: true }],
  ])('is not believed when %s', async (_, lies) => {
    city.lies = lies;
    const browser = new OfficeBrowser(installation);
    const back = await signIn(browser, ANNA, `/office/invitation/${await invite()}`);
    expect(back).toMatchObject({ refused: 'failed', to: '/office/sign-in' });
    expect(await browser.organiser()).toBeNull();
    expect(await users()).toEqual([]);
  });

  test('is worth nothing in another browser, or with another state', async () => {
    const token = await invite();
    const start = await startProviderSignIn(installation, provider, `/office/invitation/${token}`);
    if (start.kind !== 'go') throw new Error(start.why);
    city.person = ANNA;
    const url = await backFrom(start.url);
    expect(await comeBack(new OfficeBrowser(installation), url)).toMatchObject({ refused: 'expired' });
    const browser = new OfficeBrowser(installation).keep(start.cookies);
    const other = new URL(url);
    other.searchParams.set('state', 'A'.repeat(32));
    expect(await comeBack(new OfficeBrowser(installation).keep(start.cookies), other)).toMatchObject({
      refused: 'expired',
    });
    other.searchParams.delete('state');
    expect(await comeBack(browser, other)).toMatchObject({ refused: 'expired' });
    expect(await users()).toEqual([]);
  });

  test('is worth nothing a second time', async () => {
    const token = await invite();
    const start = await startProviderSignIn(installation, provider, `/office/invitation/${token}`);
    if (start.kind !== 'go') throw new Error(start.why);
    city.person = ANNA;
    const url = await backFrom(start.url);
    const browser = new OfficeBrowser(installation).keep(start.cookies);
    expect(await comeBack(browser, url)).toMatchObject({ refused: null });
    const thief = new OfficeBrowser(installation).keep(start.cookies);
    expect(await comeBack(thief, url)).toMatchObject({ refused: 'failed' });
  });

  test('says in the log neither who it was nor what the tokens were', async () => {
    const lines: string[] = [];
    installation.log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
    city.lies = { foreignKey: true };
    await signIn(new OfficeBrowser(installation), ANNA);
    city.lies = {};
    await signIn(new OfficeBrowser(installation), ANNA);
    expect(lines.join('')).not.toMatch(/anna|example\.org|eyJ|secret/i);
  });
});

describe('the provider itself', () => {
  test('is not believed when its discovery document is another issuer’s', async () => {
    city.lies = { discoveryIssuer: 'https://evil.example' };
    const start = () => startProviderSignIn(installation, provider, null);
    expect(await start()).toEqual({ kind: 'refused', why: 'unavailable' });
    city.lies = {};
    // As soon as it is right again, it works again.
    expect(await start()).toMatchObject({ kind: 'go' });
  });

  test('keeps nobody from signing in with a password while it is away', async () => {
    const away = { ...provider, issuer: 'http://127.0.0.1:1/' };
    const made = await testInstallation(undefined, { provider: away });
    expect(await startProviderSignIn(made.installation, away, null)).toMatchObject({ kind: 'refused' });
    await setUpBrowser(made.installation);
    expect(await new OfficeBrowser(made.installation).signIn()).toBe('signed_in');
    await made.dispose();
  });
});

describe('an account with a password', () => {
  const connect = async (browser: OfficeBrowser, person: Person) =>
    travel(browser, await startConnecting(installation, provider, browser.headers), person);

  test('is connected by whoever is signed in, and then opens by either', async () => {
    const browser = await setUpBrowser(installation);
    const organiser = (await browser.organiser())!;
    expect(await connect(browser, FRANK)).toMatchObject({ refused: null, to: '/office/account?connected' });
    expect(await readWaysIn(installation.db, organiser.id)).toEqual({ password: true, provider: true });
    const arriving = new OfficeBrowser(installation);
    expect(await signIn(arriving, FRANK)).toMatchObject({ refused: null, to: '/office' });
    expect(await arriving.organiser()).toMatchObject({ id: organiser.id, name: MERTENS.name });
    expect(await new OfficeBrowser(installation).signIn()).toBe('signed_in');
  });

  test('is connected with no login of another address, and with none that is not verified', async () => {
    const browser = await setUpBrowser(installation);
    expect(await connect(browser, ANNA)).toMatchObject({ refused: 'other_email', to: '/office/account' });
    const unverified = { ...FRANK, email_verified: false };
    expect(await connect(browser, unverified)).toMatchObject({ refused: 'unverified' });
  });

  test('is connected with no login that is another account’s', async () => {
    await invited({ ...ANNA, sub: FRANK.sub });
    const browser = new OfficeBrowser(installation);
    await installation.db.transaction().execute(async (tx) => {
      browser.keep((await signUp(installation, tx, MERTENS)).cookies);
    });
    expect(await connect(browser, FRANK)).toMatchObject({ refused: 'taken' });
  });
});
