import { afterEach, beforeEach, expect, test } from 'vitest';
import { millis, type Millis } from '../../src/lib/domain/time.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { beginSecondFactor, confirmSecondFactor } from '../../src/lib/server/second-factor.ts';
import { owesSecondFactor } from '../../src/lib/server/second-factor-demand.ts';
import { testInstallation } from '../support/installation.ts';
import { MERTENS, setUpBrowser, type OfficeBrowser } from '../support/office-browser.ts';
import { totpCode } from '../support/totp.ts';

let installation: Installation;
let dispose: () => Promise<void>;
let now: Millis;
let browser: OfficeBrowser;

beforeEach(async () => {
  now = millis(Date.now());
  const made = await testInstallation(() => now, { secondFactorRequired: true });
  installation = made.installation;
  dispose = () => made.dispose();
  browser = await setUpBrowser(installation);
});
afterEach(() => dispose());

const owes = async (where = '/office', required = true) =>
  owesSecondFactor({ secondFactorRequired: required }, (await browser.organiser())!, where);

test('whoever signs in by a password alone owes a second factor, until it is set up', async () => {
  expect(await owes()).toBe(true);
  expect(await owes('/api/office/v1/events/[eventId]/live')).toBe(true);
  const organiser = (await browser.organiser())!;
  const begun = await beginSecondFactor(installation, browser.headers, organiser, MERTENS.password);
  if (begun.kind !== 'begun') throw new Error(begun.kind);
  expect(await owes()).toBe(true);
  const code = totpCode(begun.setUp.key, Date.now());
  const confirmed = await confirmSecondFactor(installation, browser.headers, organiser, code);
  if (confirmed.kind !== 'on') throw new Error(confirmed.kind);
  browser.keep(confirmed.cookies);
  expect(await owes()).toBe(false);
});

test('it can be set up, and one can sign out', async () => {
  expect(await owes('/office/account/second-factor')).toBe(false);
  expect(await owes('/office/sign-out')).toBe(false);
  expect(await owes('/office/account')).toBe(true);
});

test('nobody owes one where it is only offered, nor who has come by the identity provider', async () => {
  expect(await owes('/office', false)).toBe(false);
  await installation.db.updateTable('sessions').set({ way: 'provider' }).execute();
  expect(await owes()).toBe(false);
});

test('a session of which nobody knows how it began is over', async () => {
  await installation.db.updateTable('sessions').set({ way: null }).execute();
  expect(await browser.organiser()).toBeNull();
});
