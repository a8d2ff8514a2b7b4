import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addMillis, DAY, MINUTE, millis, type Millis } from '../../src/lib/domain/time.ts';
import type { Organiser } from '../../src/lib/server/accounts.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { changePassword, readWaysIn, rename } from '../../src/lib/server/own-account.ts';
import { endOwnSessions, listOwnSessions } from '../../src/lib/server/own-sessions.ts';
import { setSessionCookies } from '../../src/lib/server/session-cookies.ts';
import { SESSION_LIFETIME } from '../../src/lib/server/session-lifetime.ts';
import { testInstallation } from '../support/installation.ts';
import { MERTENS, OfficeBrowser, setUpBrowser } from '../support/office-browser.ts';

const SAFARI =
  'Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/604.1';

let installation: Installation;
let dispose: () => Promise<void>;
let now: Millis;
let browser: OfficeBrowser;
let organiser: Organiser;

beforeEach(async () => {
  now = millis(Date.now());
  const made = await testInstallation(() => now);
  installation = made.installation;
  dispose = () => made.dispose();
  browser = await setUpBrowser(installation);
  organiser = (await browser.organiser())!;
});
afterEach(() => dispose());

async function anotherBrowser(userAgent?: string): Promise<OfficeBrowser> {
  const another = new OfficeBrowser(installation, userAgent);
  expect(await another.signIn()).toBe('signed_in');
  return another;
}

const acts = () =>
  installation.db.selectFrom('acts').select(['kind', 'details', 'actor_id']).orderBy('id').execute();

describe('somebody who is signed in', () => {
  test('takes another name, and the log says so without it', async () => {
    await rename(installation, browser.headers, organiser, 'Franz Mertens');
    expect(await browser.organiser()).toMatchObject({ id: organiser.id, name: 'Franz Mertens' });
    expect(await acts()).toMatchObject([{ kind: 'account_renamed', details: '{}' }]);
  });

  test('is not written down for keeping the name', async () => {
    await rename(installation, browser.headers, organiser, organiser.name);
    expect(await acts()).toEqual([]);
  });

  test('changes the password, stays signed in here and is signed out everywhere else', async () => {
    const other = await anotherBrowser();
    const passwords = { current: MERTENS.password, next: 'another long password' };
    const outcome = await changePassword(installation, browser.headers, organiser, passwords);
    if (outcome.kind !== 'changed') throw new Error(outcome.kind);
    const old = browser.headers;
    expect(await browser.keep(outcome.cookies).organiser()).toMatchObject({ id: organiser.id });
    expect(await other.organiser()).toBeNull();
    expect(await listOwnSessions(installation, browser.headers)).toHaveLength(1);
    expect(old.get('cookie')).not.toBe(browser.headers.get('cookie'));
    const arriving = new OfficeBrowser(installation);
    expect(await arriving.signIn(MERTENS.password)).toBe('wrong');
    expect(await arriving.signIn(passwords.next)).toBe('signed_in');
    expect(await acts()).toMatchObject([{ kind: 'password_changed', actor_id: organiser.id }]);
  });

  test('changes no password without the present one, however often it is guessed', async () => {
    const other = await anotherBrowser();
    const guess = (current: string) =>
      changePassword(installation, browser.headers, organiser, { current, next: 'another long password' });
    for (let i = 0; i < 10; i += 1) expect(await guess(`guess ${i}`)).toEqual({ kind: 'wrong_password' });
    expect(await guess(MERTENS.password)).toMatchObject({ kind: 'too_many' });
    expect(await other.organiser()).not.toBeNull();
    expect(await acts()).toEqual([]);
  });

  test('signs in by a password and by nothing else', async () => {
    expect(await readWaysIn(installation.db, organiser.id)).toEqual({ password: true, provider: false });
  });
});

describe('the sessions', () => {
  test('are listed by browser and system, this one first', async () => {
    const other = await anotherBrowser(SAFARI);
    expect(await listOwnSessions(installation, browser.headers)).toMatchObject([
      { own: true, browser: { browser: 'Firefox', system: 'Linux' } },
      { own: false, browser: { browser: 'Safari', system: 'iPadOS' } },
    ]);
    expect(await listOwnSessions(installation, other.headers)).toMatchObject([
      { own: true, browser: { browser: 'Safari', system: 'iPadOS' } },
      { own: false },
    ]);
  });

  test('are ended one by one', async () => {
    const [first, second] = [await anotherBrowser(SAFARI), await anotherBrowser()];
    const safari = (await listOwnSessions(installation, browser.headers)).find(
      (session) => session.browser.browser === 'Safari',
    )!;
    expect(await endOwnSessions(installation, browser.headers, organiser, safari.id)).toBe(1);
    expect(await first.organiser()).toBeNull();
    expect(await second.organiser()).not.toBeNull();
    expect(await endOwnSessions(installation, browser.headers, organiser, safari.id)).toBe(0);
    expect(await acts()).toMatchObject([{ kind: 'sessions_ended', details: '{"count":1}' }]);
  });

  test('are ended all but the one that asks', async () => {
    const others = [await anotherBrowser(), await anotherBrowser()];
    expect(await endOwnSessions(installation, browser.headers, organiser, null)).toBe(2);
    for (const other of others) expect(await other.organiser()).toBeNull();
    expect(await browser.organiser()).not.toBeNull();
  });

  test('of others are nobody’s to end, and one’s own is ended by signing out', async () => {
    const [own] = await listOwnSessions(installation, browser.headers);
    expect(await endOwnSessions(installation, browser.headers, organiser, own!.id)).toBe(0);
    const stranger = { ...organiser, id: 'somebody else' };
    expect(await endOwnSessions(installation, browser.headers, stranger, null)).toBe(0);
    expect(await browser.organiser()).not.toBeNull();
  });

  test('end after thirty days, however much they are used', async () => {
    now = addMillis(now, SESSION_LIFETIME - DAY);
    expect(await browser.organiser()).not.toBeNull();
    // The session was made a little after the test's own time began.
    now = addMillis(now, DAY + MINUTE);
    expect(await browser.organiser()).toBeNull();
    expect(await installation.db.selectFrom('sessions').select('id').execute()).toEqual([]);
  });
});

describe('the cookies', () => {
  const set: { name: string; options: object }[] = [];
  const cookies = {
    set: (name: string, _: string, options: object) => void set.push({ name, options }),
  };
  const given = [{ name: 'einlass.session_token', value: 'x', maxAge: 60 }];

  beforeEach(() => void set.splice(0));

  test.each([
    ['http://localhost:3000', false],
    ['https://einlass.example.org', true],
  ])('of %s are not for scripts nor for foreign sites; secure: %s', (origin, secure) => {
    setSessionCookies({ cookies, url: new URL(origin) }, given);
    expect(set).toEqual([
      {
        name: 'einlass.session_token',
        options: { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: 60 },
      },
    ]);
  });

  test('of an installation on https belong to its host alone', async () => {
    const made = await testInstallation(undefined, { origin: 'https://einlass.example.org' });
    const there = await setUpBrowser(made.installation);
    expect(there.headers.get('cookie')).toMatch(/^__Host-einlass\.session_token=/);
    expect(await there.organiser()).toMatchObject({ email: MERTENS.email });
    await made.dispose();
  });

  test('that belong to the host alone are secure, whatever the request looked like', () => {
    const url = new URL('http://einlass.example.org');
    setSessionCookies({ cookies, url }, [{ name: '__Host-einlass.session_token', value: 'x', maxAge: 60 }]);
    expect(set).toMatchObject([{ options: { secure: true } }]);
  });
});
