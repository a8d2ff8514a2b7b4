import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addMillis, millis, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import type { Organiser } from '../../src/lib/server/accounts.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import {
  beginSecondFactor,
  confirmSecondFactor,
  readSecondFactor,
  renewRecoveryCodes,
  turnOffSecondFactor,
} from '../../src/lib/server/second-factor.ts';
import { readChallenge, signInWithCode, signInWithRecoveryCode } from '../../src/lib/server/sign-in-code.ts';
import { testInstallation } from '../support/installation.ts';
import { MERTENS, OfficeBrowser, setUpBrowser } from '../support/office-browser.ts';
import { nextTotpCode, totpCode } from '../support/totp.ts';

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

async function begin(): Promise<string> {
  const begun = await beginSecondFactor(installation, browser.headers, organiser, MERTENS.password);
  if (begun.kind !== 'begun') throw new Error(begun.kind);
  return begun.setUp.key;
}

async function setUp(): Promise<{ key: string; code: string; recoveryCodes: string[] }> {
  const key = await begin();
  const code = totpCode(key, Date.now());
  const confirmed = await confirmSecondFactor(installation, browser.headers, organiser, code);
  if (confirmed.kind !== 'on') throw new Error(confirmed.kind);
  browser.keep(confirmed.cookies);
  return { key, code, recoveryCodes: confirmed.recoveryCodes };
}

/** A browser in which the password was typed. */
async function atTheCode(): Promise<OfficeBrowser> {
  const arriving = new OfficeBrowser(installation);
  expect(await arriving.signIn()).toBe('needs_code');
  expect(await arriving.organiser()).toBeNull();
  return arriving;
}

const kinds = async () =>
  (await installation.db.selectFrom('acts').select('kind').orderBy('id').execute()).map(({ kind }) => kind);

test('the code of this test is the one of RFC 6238', () => {
  expect(totpCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 59_000)).toBe('287082');
  expect(totpCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 1_111_111_109_000)).toBe('081804');
});

describe('setting up the second factor', () => {
  test('asks for the password, then for a code, and gives ten recovery codes', async () => {
    const { recoveryCodes } = await setUp();
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(await readSecondFactor(installation, organiser.id)).toEqual({ on: true, recoveryCodes: 10 });
    expect(await browser.organiser()).toMatchObject({ email: MERTENS.email });
    expect(await kinds()).toEqual(['second_factor_on']);
  });

  test('is refused with a wrong password', async () => {
    const outcome = await beginSecondFactor(installation, browser.headers, organiser, 'not the password');
    expect(outcome).toEqual({ kind: 'wrong_password' });
  });

  test('changes nothing before a code has confirmed it', async () => {
    await begin();
    expect(await readSecondFactor(installation, organiser.id)).toEqual({ on: false, recoveryCodes: 0 });
    expect(await new OfficeBrowser(installation).signIn()).toBe('signed_in');
  });

  test.each(['000000x', '', '12345', 'ABCDEF'])('takes no code like %j', async (code) => {
    await begin();
    expect(await confirmSecondFactor(installation, browser.headers, organiser, code)).toEqual({
      kind: 'wrong',
    });
    expect(await readSecondFactor(installation, organiser.id)).toMatchObject({ on: false });
  });

  test('takes no code of another key, and writes nothing down', async () => {
    await begin();
    const code = totpCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', Date.now());
    const outcome = await confirmSecondFactor(installation, browser.headers, organiser, code);
    expect(outcome).toEqual({ kind: 'wrong' });
    expect(await kinds()).toEqual([]);
  });

  test('is confirmed only when it was begun, and only once', async () => {
    const confirm = (code: string) => confirmSecondFactor(installation, browser.headers, organiser, code);
    expect(await confirm('123456')).toEqual({ kind: 'not_begun' });
    const { key } = await setUp();
    expect(await confirm(nextTotpCode(key, Date.now()))).toEqual({ kind: 'not_begun' });
    expect(await beginSecondFactor(installation, browser.headers, organiser, MERTENS.password)).toEqual({
      kind: 'on',
    });
  });

  test('leaves neither the key nor a recovery code readable in the database', async () => {
    const { key, recoveryCodes } = await setUp();
    const rows = JSON.stringify(await installation.db.selectFrom('second_factors').selectAll().execute());
    for (const code of recoveryCodes) expect(rows).not.toContain(code);
    expect(rows).not.toContain(key.replaceAll(' ', ''));
    // The key is the text in base32: neither may it stand there as text.
    expect(rows).not.toContain(base32Text(key));
  });
});

describe('signing in with a second factor', () => {
  test('takes the password and the code that the app shows', async () => {
    const { key } = await setUp();
    const arriving = await atTheCode();
    expect(await readChallenge(installation, arriving.headers)).toMatchObject({ id: organiser.id });
    const code = nextTotpCode(key, Date.now()).replace(/^.../, '$& ');
    const outcome = await signInWithCode(installation, arriving.headers, code);
    if (outcome.kind !== 'signed_in') throw new Error(outcome.kind);
    expect(await arriving.keep(outcome.cookies).organiser()).toMatchObject({ id: organiser.id });
  });

  test('takes each code once, the one that has set it up included', async () => {
    const { key, code: confirming } = await setUp();
    const arriving = await atTheCode();
    expect(await signInWithCode(installation, arriving.headers, confirming)).toEqual({ kind: 'wrong' });
    const code = nextTotpCode(key, Date.now());
    expect(await signInWithCode(installation, arriving.headers, code)).toMatchObject({ kind: 'signed_in' });
    const another = await atTheCode();
    expect(await signInWithCode(installation, another.headers, code)).toEqual({ kind: 'wrong' });
  });

  test('of two who bring the same code at the same moment, one gets in', async () => {
    const { key } = await setUp();
    const both = [await atTheCode(), await atTheCode()];
    const code = nextTotpCode(key, Date.now());
    const outcomes = await Promise.all(
      both.map(({ headers }) => signInWithCode(installation, headers, code)),
    );
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['signed_in', 'wrong']);
  });

  test('must wait after ten wrong codes, with however many fresh starts', async () => {
    const { key } = await setUp();
    let last;
    for (let i = 0; i < 10; i += 1) {
      const arriving = await atTheCode();
      last = await signInWithCode(installation, arriving.headers, String(100_000 + i));
    }
    expect(last?.kind).toBe('wrong');
    const arriving = await atTheCode();
    const right = nextTotpCode(key, Date.now());
    expect(await signInWithCode(installation, arriving.headers, right)).toMatchObject({ kind: 'too_many' });
    now = addMillis(now, 15 * MINUTE);
    expect(await signInWithCode(installation, arriving.headers, right)).toMatchObject({ kind: 'signed_in' });
  });

  test('starts again with the password where no password was typed, or a cookie was made up', async () => {
    const { key } = await setUp();
    const code = nextTotpCode(key, Date.now());
    const stranger = new OfficeBrowser(installation);
    expect(await signInWithCode(installation, stranger.headers, code)).toEqual({ kind: 'expired' });
    expect(await signInWithRecoveryCode(installation, stranger.headers, code)).toEqual({ kind: 'expired' });
    // Somebody else's challenge, signed by nobody.
    const [, challenge] = /einlass\.two_factor=([^.;]+)/.exec((await atTheCode()).headers.get('cookie')!)!;
    const value = `${challenge}.${'A'.repeat(43)}=`;
    stranger.keep([{ name: 'einlass.two_factor', value, maxAge: 600 }]);
    expect(await signInWithCode(installation, stranger.headers, code)).toEqual({ kind: 'expired' });
  });

  test('takes a recovery code, however it is written, and takes it once', async () => {
    const { recoveryCodes } = await setUp();
    const arriving = await atTheCode();
    const typed = ` ${recoveryCodes[3]!.toLowerCase().replaceAll('-', ' ')} `;
    const outcome = await signInWithRecoveryCode(installation, arriving.headers, typed);
    if (outcome.kind !== 'signed_in') throw new Error(outcome.kind);
    expect(await arriving.keep(outcome.cookies).organiser()).toMatchObject({ id: organiser.id });
    expect(await readSecondFactor(installation, organiser.id)).toEqual({ on: true, recoveryCodes: 9 });
    expect(await kinds()).toEqual(['second_factor_on', 'recovery_code_used']);
    const another = await atTheCode();
    expect(await signInWithRecoveryCode(installation, another.headers, typed)).toEqual({ kind: 'wrong' });
    const hash = JSON.parse(
      (await installation.db.selectFrom('second_factors').select('recovery_codes').executeTakeFirstOrThrow())
        .recovery_codes,
    ) as string[];
    expect(await signInWithRecoveryCode(installation, another.headers, hash[0]!)).toEqual({ kind: 'wrong' });
  });
});

describe('the second factor that is on', () => {
  test('gets new recovery codes for the password, and the old ones are good no more', async () => {
    const { recoveryCodes } = await setUp();
    const renew = (password: string) =>
      renewRecoveryCodes(installation, browser.headers, organiser, password);
    expect(await renew('not the password')).toEqual({ kind: 'wrong_password' });
    expect(await renew(MERTENS.password)).toMatchObject({ kind: 'made' });
    const arriving = await atTheCode();
    expect(await signInWithRecoveryCode(installation, arriving.headers, recoveryCodes[0]!)).toEqual({
      kind: 'wrong',
    });
  });

  test('is turned off for the password, and the password is enough again', async () => {
    await setUp();
    const turnOff = (password: string) =>
      turnOffSecondFactor(installation, browser.headers, organiser, password);
    expect(await turnOff('not the password')).toEqual({ kind: 'wrong_password' });
    const off = await turnOff(MERTENS.password);
    if (off.kind !== 'off') throw new Error(off.kind);
    expect(await browser.keep(off.cookies).organiser()).toMatchObject({ id: organiser.id });
    expect(await new OfficeBrowser(installation).signIn()).toBe('signed_in');
    expect(await installation.db.selectFrom('second_factors').selectAll().execute()).toEqual([]);
    expect(await kinds()).toEqual(['second_factor_on', 'second_factor_off']);
  });

  test('is not turned off by guessing', async () => {
    await setUp();
    for (let i = 0; i < 10; i += 1)
      await turnOffSecondFactor(installation, browser.headers, organiser, `guess number ${i}`);
    const outcome = await turnOffSecondFactor(installation, browser.headers, organiser, MERTENS.password);
    expect(outcome).toMatchObject({ kind: 'too_many' });
  });
});

/** What is behind a key that is written in base32. */
function base32Text(key: string): string {
  const bits = [...key.replaceAll(' ', '')]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return (bits.match(/.{8}/g) ?? []).map((byte) => String.fromCharCode(parseInt(byte, 2))).join('');
}
