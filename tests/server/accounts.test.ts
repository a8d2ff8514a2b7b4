import pino from 'pino';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addMillis, millis, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { readOrganiser, signIn, signOut } from '../../src/lib/server/accounts.ts';
import type { SessionCookie } from '../../src/lib/server/auth.ts';
import { OrganiserFormSchema } from '../../src/lib/server/organiser-form.ts';
import {
  createSetupLink,
  isSetUp,
  readSetupLink,
  SETUP_LINK_LIFETIME,
  useSetupLink,
} from '../../src/lib/server/setup-link.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { testInstallation } from '../support/installation.ts';

const form = { name: 'Frank Mertens', email: 'office@example.org', password: 'long enough, surely' };
const address = '192.0.2.7';

let installation: Installation;
let dispose: () => Promise<void>;
let now: Millis;

beforeEach(async () => {
  now = millis(Date.now());
  const made = await testInstallation(() => now);
  installation = made.installation;
  dispose = () => made.dispose();
});
afterEach(() => dispose());

/** What a browser that holds these cookies sends. */
function browserWith(cookies: SessionCookie[]): Headers {
  const kept = cookies.filter(({ maxAge }) => maxAge === undefined || maxAge > 0);
  return new Headers({
    cookie: kept.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; '),
  });
}

async function setUp(): Promise<Headers> {
  const token = await createSetupLink(installation);
  const made = await useSetupLink(installation, token!, form);
  if (made.kind !== 'signed_in') throw new Error(made.kind);
  return browserWith(made.cookies);
}

describe('the setup link', () => {
  test('makes the first organiser, who is signed in at once', async () => {
    expect(await isSetUp(installation)).toBe(false);
    const browser = await setUp();
    expect(await readOrganiser(installation, browser)).toMatchObject({ name: form.name, email: form.email });
    expect(await isSetUp(installation)).toBe(true);
  });

  test('works once', async () => {
    const token = (await createSetupLink(installation))!;
    expect(await readSetupLink(installation, installation.db, token)).toBe('usable');
    await useSetupLink(installation, token, form);
    expect(await readSetupLink(installation, installation.db, token)).toBe('used');
    expect(await useSetupLink(installation, token, { ...form, email: 'second@example.org' })).toEqual({
      kind: 'bad_link',
      state: 'used',
    });
  });

  test('makes one organiser, however often it is used at the same moment', async () => {
    const token = (await createSetupLink(installation))!;
    const outcomes = await Promise.all(
      [1, 2, 3].map((n) => useSetupLink(installation, token, { ...form, email: `${n}@example.org` })),
    );
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['bad_link', 'bad_link', 'signed_in']);
    expect(await installation.db.selectFrom('users').select('id').execute()).toHaveLength(1);
  });

  test('is refused when nobody has made it', async () => {
    await createSetupLink(installation);
    const made = await useSetupLink(installation, 'x'.repeat(43), form);
    expect(made).toEqual({ kind: 'bad_link', state: 'unknown' });
    expect(await isSetUp(installation)).toBe(false);
  });

  test('expires after seven days', async () => {
    const token = (await createSetupLink(installation))!;
    now = addMillis(now, SETUP_LINK_LIFETIME);
    expect(await useSetupLink(installation, token, form)).toEqual({ kind: 'bad_link', state: 'expired' });
  });

  test('replaces an earlier one that nobody used', async () => {
    const earlier = (await createSetupLink(installation))!;
    now = addMillis(now, MINUTE);
    const later = (await createSetupLink(installation))!;
    expect(await readSetupLink(installation, installation.db, earlier)).toBe('unknown');
    expect(await readSetupLink(installation, installation.db, later)).toBe('usable');
  });

  test('is the same one for processes that start together', async () => {
    const [one, other] = await Promise.all([createSetupLink(installation), createSetupLink(installation)]);
    expect(one).toBe(other);
    expect(await installation.db.selectFrom('setup_links').selectAll().execute()).toHaveLength(1);
  });

  test('is not made when there is an organiser', async () => {
    await setUp();
    expect(await createSetupLink(installation)).toBeNull();
  });

  test('stays usable when the address turns out to be none', async () => {
    const token = (await createSetupLink(installation))!;
    const made = await useSetupLink(installation, token, { ...form, email: 'a@b' });
    expect(made).toEqual({ kind: 'bad_email' });
    expect(await readSetupLink(installation, installation.db, token)).toBe('usable');
  });

  test('is kept only as a hash', async () => {
    const token = (await createSetupLink(installation))!;
    const rows = await installation.db.selectFrom('setup_links').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token);
  });
});

describe('an organiser', () => {
  test('signs in with the password, however the address is written', async () => {
    await setUp();
    const outcome = await signIn(installation, { ...form, email: ' Office@Example.org ' }, address);
    if (outcome.kind !== 'signed_in') throw new Error(outcome.kind);
    expect(await readOrganiser(installation, browserWith(outcome.cookies))).toMatchObject({
      email: form.email,
    });
  });

  test.each([
    ['a wrong password', { ...form, password: 'something else entirely' }],
    ['no password', { ...form, password: '' }],
    ['an unknown address', { ...form, email: 'nobody@example.org' }],
    ['an address that is none', { ...form, email: 'nobody' }],
    ['a password without end', { ...form, password: 'x'.repeat(10_000) }],
  ])('is not let in with %s', async (_, attempt) => {
    await setUp();
    expect(await signIn(installation, attempt, address)).toEqual({ kind: 'wrong' });
  });

  test('must wait after ten attempts, with the right password too, but only at that address', async () => {
    await setUp();
    for (let i = 0; i < 10; i += 1) await signIn(installation, { ...form, password: 'wrong' }, address);
    expect(await signIn(installation, form, address)).toEqual({
      kind: 'too_many',
      until: installation.clock() + 15 * MINUTE,
    });
    expect(await signIn(installation, form, '192.0.2.8')).toMatchObject({ kind: 'signed_in' });
    now = addMillis(now, 15 * MINUTE);
    expect(await signIn(installation, form, address)).toMatchObject({ kind: 'signed_in' });
  });

  test('is not slowed down by signing in rightly', async () => {
    await setUp();
    for (let i = 0; i < 12; i += 1)
      expect(await signIn(installation, form, address)).toMatchObject({ kind: 'signed_in' });
  });

  test('is signed out for good: the cookie is worth nothing afterwards', async () => {
    const browser = await setUp();
    const taken = await signOut(installation, browser);
    expect(taken.every(({ maxAge }) => maxAge === 0)).toBe(true);
    expect(await readOrganiser(installation, browser)).toBeNull();
  });
});

describe('nobody', () => {
  test.each([
    ['without a cookie', new Headers()],
    ['with a cookie that nobody gave', new Headers({ cookie: 'einlass.session_token=abc.def' })],
  ])('is signed in %s', async (_, headers) => {
    await setUp();
    expect(await readOrganiser(installation, headers)).toBeNull();
  });

  test('can read an address or a password in the log, or a password in the database', async () => {
    const lines: string[] = [];
    installation.log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
    await setUp();
    await signIn(installation, { email: 'nobody@example.org', password: 'hunter2 hunter2' }, address);
    await signIn(installation, { ...form, password: 'hunter2 hunter2' }, address);
    expect(lines.join('')).not.toMatch(/@example|hunter2|long enough/);
    const rows = await installation.db.selectFrom('user_accounts').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(form.password);
    const attempts = await installation.db.selectFrom('attempts').selectAll().execute();
    expect(JSON.stringify(attempts)).not.toMatch(/@example|192\.0/);
  });
});

describe('the form for a new organiser', () => {
  test.each([
    ['name_missing', { ...form, name: '  ' }],
    ['email_missing', { ...form, email: '' }],
    ['email_malformed', { ...form, email: 'office' }],
    ['password_too_short', { ...form, password: 'elevenchars' }],
    ['password_too_long', { ...form, password: 'x'.repeat(129) }],
  ])('complains of %s', (code, input) => {
    expect(v.safeParse(OrganiserFormSchema, input).issues?.[0].message).toBe(code);
  });
});
