import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addMillis, millis, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import type { Organiser } from '../../src/lib/server/accounts.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { needsProof, OFFICE_RULES, PROVED_ACTIONS } from '../../src/lib/server/office-rules.ts';
import { isProved, prove } from '../../src/lib/server/proof.ts';
import { beginSecondFactor, confirmSecondFactor } from '../../src/lib/server/second-factor.ts';
import { testInstallation } from '../support/installation.ts';
import { MERTENS, setUpBrowser, type OfficeBrowser } from '../support/office-browser.ts';
import { nextTotpCode, totpCode } from '../support/totp.ts';

let installation: Installation;
let dispose: () => Promise<void>;
let now: Millis;
let browser: OfficeBrowser;

beforeEach(async () => {
  now = millis(Date.now());
  const made = await testInstallation(() => now);
  installation = made.installation;
  dispose = () => made.dispose();
  browser = await setUpBrowser(installation);
});
afterEach(() => dispose());

const organiser = async (): Promise<Organiser> => (await browser.organiser())!;
const proved = async () => isProved(installation, await organiser());
const later = (minutes: number) => void (now = addMillis(now, minutes * MINUTE));
const byPassword = async (password: string) =>
  prove(installation, browser.headers, await organiser(), { password });
const byCode = async (code: string) => prove(installation, browser.headers, await organiser(), { code });

async function setUpFactor(): Promise<string> {
  const begun = await beginSecondFactor(installation, browser.headers, await organiser(), MERTENS.password);
  if (begun.kind !== 'begun') throw new Error(begun.kind);
  const code = totpCode(begun.setUp.key, Date.now());
  const confirmed = await confirmSecondFactor(installation, browser.headers, await organiser(), code);
  if (confirmed.kind !== 'on') throw new Error(confirmed.kind);
  browser.keep(confirmed.cookies);
  return begun.setUp.key;
}

test('whoever has just signed in has proved who they are, for ten minutes', async () => {
  expect(await proved()).toBe(true);
  later(9);
  expect(await proved()).toBe(true);
  later(1);
  expect(await proved()).toBe(false);
});

test('the password proves it anew, a wrong one does not', async () => {
  later(10);
  expect(await byPassword('not the password')).toEqual({ kind: 'wrong' });
  expect(await proved()).toBe(false);
  expect(await byPassword(MERTENS.password)).toEqual({ kind: 'proved' });
  expect(await proved()).toBe(true);
  later(10);
  expect(await proved()).toBe(false);
});

test('the second factor’s code proves it, once, and the session stays the same', async () => {
  const key = await setUpFactor();
  const before = (await organiser()).session.id;
  later(10);
  const code = nextTotpCode(key, Date.now());
  expect(await byCode('000000')).toEqual({ kind: 'wrong' });
  expect(await byCode(code)).toEqual({ kind: 'proved' });
  expect(await proved()).toBe(true);
  expect(await byCode(code)).toEqual({ kind: 'wrong' });
  expect((await organiser()).session.id).toBe(before);
});

test('no code proves anything where there is no second factor', async () => {
  later(10);
  expect(await byCode('123456')).toEqual({ kind: 'wrong' });
  expect(await proved()).toBe(false);
});

test('nobody tries passwords or codes for ever', async () => {
  for (let i = 0; i < 10; i++) await byPassword('not the password');
  expect(await byPassword(MERTENS.password)).toMatchObject({ kind: 'too_many' });
});

test('a proof in one session says nothing of another', async () => {
  later(10);
  const session = (await organiser()).session.id;
  await byPassword(MERTENS.password);
  const rows = await installation.db.selectFrom('sessions').select(['id', 'proved_at']).execute();
  expect(rows.filter(({ proved_at }) => proved_at === now).map(({ id }) => id)).toEqual([session]);
});

describe('a proof', () => {
  const asks = (routeId: string, method: string, query: string) =>
    needsProof({ routeId, method, url: new URL(`http://einlass.test/office/x${query}`) });

  test('is asked for before what can’t be undone, and not before looking', () => {
    expect(asks('/office/[event]/erasure', 'POST', '?/erase')).toBe(true);
    expect(asks('/office/[event]/erasure', 'POST', '?x=1&/erase')).toBe(true);
    expect(asks('/office/[event]/erasure', 'POST', '?/retention')).toBe(false);
    expect(asks('/office/[event]/erasure', 'GET', '')).toBe(false);
    expect(asks('/office/confirm', 'POST', '?/prove')).toBe(false);
  });

  test('is asked for only where there is something to be done', () => {
    for (const [routeId, actions] of Object.entries(PROVED_ACTIONS))
      for (const action of actions) expect(OFFICE_RULES[routeId]).toHaveProperty(action);
  });
});
