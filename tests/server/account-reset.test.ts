import { afterEach, beforeEach, expect, test } from 'vitest';
import { addMillis, DAY, millis, type Millis } from '../../src/lib/domain/time.ts';
import { createAccountReset, readAccountReset, useAccountReset } from '../../src/lib/server/account-reset.ts';
import type { Organiser } from '../../src/lib/server/accounts.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { beginSecondFactor, confirmSecondFactor } from '../../src/lib/server/second-factor.ts';
import { signInWithCode } from '../../src/lib/server/sign-in-code.ts';
import { testInstallation } from '../support/installation.ts';
import { MERTENS, OfficeBrowser, setUpBrowser } from '../support/office-browser.ts';
import { nextTotpCode, totpCode } from '../support/totp.ts';

const NEXT = 'four entirely new words';

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

const reset = async () => (await createAccountReset(installation, organiser.id, organiser))!;
const read = (token: string) => readAccountReset(installation, installation.db, token);

test('an account gets a new password by a link, and whoever was signed in is signed out', async () => {
  const token = await reset();
  expect(await read(token)).toEqual({ kind: 'usable', email: MERTENS.email });
  expect(await useAccountReset(installation, token, NEXT)).toBe(true);
  expect(await browser.organiser()).toBeNull();
  expect(await new OfficeBrowser(installation).signIn(MERTENS.password)).toBe('wrong');
  expect(await new OfficeBrowser(installation).signIn(NEXT)).toBe('signed_in');
  const acts = await installation.db.selectFrom('acts').select('kind').orderBy('id').execute();
  expect(acts.map(({ kind }) => kind)).toEqual(['account_reset_made', 'account_reset_used']);
});

test('a second factor stays, and is asked for after the new password', async () => {
  const begun = await beginSecondFactor(installation, browser.headers, organiser, MERTENS.password);
  if (begun.kind !== 'begun') throw new Error(begun.kind);
  const code = totpCode(begun.setUp.key, Date.now());
  const confirmed = await confirmSecondFactor(installation, browser.headers, organiser, code);
  if (confirmed.kind !== 'on') throw new Error(confirmed.kind);
  await useAccountReset(installation, await reset(), NEXT);
  const arriving = new OfficeBrowser(installation);
  expect(await arriving.signIn(NEXT)).toBe('needs_code');
  const next = await signInWithCode(
    installation,
    arriving.headers,
    nextTotpCode(begun.setUp.key, Date.now()),
  );
  expect(next.kind).toBe('signed_in');
});

test('an account without a password gets one', async () => {
  await installation.db.deleteFrom('user_accounts').execute();
  expect(await useAccountReset(installation, await reset(), NEXT)).toBe(true);
  expect(await new OfficeBrowser(installation).signIn(NEXT)).toBe('signed_in');
});

test('the link works once, even when it is used twice at the same moment', async () => {
  const token = await reset();
  const both = [
    useAccountReset(installation, token, NEXT),
    useAccountReset(installation, token, 'x'.repeat(20)),
  ];
  expect((await Promise.all(both)).sort()).toEqual([false, true]);
  expect(await read(token)).toEqual({ kind: 'used' });
});

test('the link is good for a day, and only until there is a newer one', async () => {
  const earlier = await reset();
  const token = await reset();
  expect(await read(earlier)).toEqual({ kind: 'unknown' });
  expect(await useAccountReset(installation, earlier, NEXT)).toBe(false);
  now = addMillis(now, DAY);
  expect(await read(token)).toEqual({ kind: 'expired' });
  expect(await useAccountReset(installation, token, NEXT)).toBe(false);
  expect(await browser.organiser()).not.toBeNull();
});

test('the link is kept only as a hash, and there is none for nobody', async () => {
  const token = await reset();
  const rows = await installation.db.selectFrom('account_resets').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(token);
  expect(await createAccountReset(installation, 'nobody', organiser)).toBeNull();
});
