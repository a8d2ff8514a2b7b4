import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId } from '../../src/lib/domain/ids.ts';
import { millis, type Millis } from '../../src/lib/domain/time.ts';
import { disableAccount, enableAccount, listAccounts } from '../../src/lib/server/account-admin.ts';
import { createAccountReset, readAccountReset, useAccountReset } from '../../src/lib/server/account-reset.ts';
import type { Organiser } from '../../src/lib/server/accounts.ts';
import { listInstallationActs } from '../../src/lib/server/acts.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { acceptWithNewAccount, createInvitation } from '../../src/lib/server/invitations.ts';
import { makeOrganiser, changeAccount } from '../../src/lib/server/operation/organiser.ts';
import { standingOfWatcher } from '../../src/lib/server/stream-access.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation } from '../support/installation.ts';
import { MERTENS, OfficeBrowser, setUpBrowser } from '../support/office-browser.ts';

const DEMIR = { name: 'Elif Demir', email: 'demir@example.org', password: 'noch vier andere Worte' };

let installation: Installation;
let dispose: () => Promise<void>;
let now: Millis;
let eventId: EventId;
let administrator: Organiser;
let demir: OfficeBrowser;
let organiser: Organiser;

beforeEach(async () => {
  now = millis(Date.now());
  const made = await testInstallation(() => now);
  installation = made.installation;
  dispose = () => made.dispose();
  eventId = await createEvent(installation, dialogueEvening());
  administrator = (await (await setUpBrowser(installation)).organiser())!;
  const token = await createInvitation(installation, eventId, 'owner', administrator);
  const joined = await acceptWithNewAccount(installation, token, DEMIR);
  if (joined.kind !== 'joined') throw new Error(joined.kind);
  demir = new OfficeBrowser(installation).keep(joined.cookies);
  organiser = (await demir.organiser())!;
});
afterEach(() => dispose());

const disable = (by: Organiser | null = administrator) => disableAccount(installation, organiser.id, by);
const enable = () => enableAccount(installation, organiser.id, administrator);
const signIn = (password = DEMIR.password) => new OfficeBrowser(installation).signIn(password, DEMIR.email);
const kinds = async () => (await listInstallationActs(installation.db, 10)).map(({ kind }) => kind);

describe('an account that is disabled', () => {
  test('is signed out everywhere at once, and its open live pages see nothing more', async () => {
    const news: number[] = [];
    installation.news.subscribe(
      eventId,
      () => news.push(1),
      () => undefined,
    );
    expect(await standingOfWatcher(installation, organiser, eventId)).not.toBeNull();
    expect(await disable()).toBe('disabled');
    expect(await demir.organiser()).toBeNull();
    expect(await standingOfWatcher(installation, organiser, eventId)).toBeNull();
    expect(news).toEqual([1]);
  });

  test('is told so after the right password, and nobody else is told anything', async () => {
    await disable();
    expect(await signIn()).toBe('disabled');
    expect(await signIn('not the password')).toBe('wrong');
    expect(
      await installation.db.selectFrom('sessions').where('user_id', '=', organiser.id).selectAll().execute(),
    ).toEqual([]);
  });

  test('gets in by no link: not by one of before, and none is made', async () => {
    const token = (await createAccountReset(installation, organiser.id, administrator))!;
    await disable();
    expect(await readAccountReset(installation, installation.db, token)).toEqual({ kind: 'unknown' });
    expect(await useAccountReset(installation, token, 'four entirely new words')).toBe(false);
    expect(await createAccountReset(installation, organiser.id, administrator)).toBeNull();
    expect(await makeOrganiser(installation, DEMIR.email, true)).toEqual({ kind: 'disabled' });
  });

  test('gets in by no invitation', async () => {
    await disable();
    const token = await createInvitation(installation, eventId, 'owner', administrator);
    expect(await acceptWithNewAccount(installation, token, DEMIR)).toEqual({ kind: 'bad_email' });
  });

  test('gets in by no session that was begun at the same moment', async () => {
    await installation.db
      .updateTable('users')
      .set({ disabled_at: now })
      .where('id', '=', organiser.id)
      .execute();
    expect(await standingOfWatcher(installation, organiser, eventId)).toBeNull();
    expect(await demir.organiser()).toBeNull();
  });

  test('gets in again once it is enabled, with the role that it had', async () => {
    await disable();
    expect(await enable()).toBe(true);
    expect(await signIn()).toBe('signed_in');
    expect((await listAccounts(installation.db)).find(({ id }) => id === organiser.id)).toMatchObject({
      disabledAt: null,
      roles: [{ role: 'owner' }],
    });
  });

  test('stands in the log of acts, once for each time', async () => {
    await disable();
    await disable();
    await enable();
    await enable();
    expect(await kinds()).toEqual(['account_enabled', 'account_disabled']);
  });
});

describe('nobody', () => {
  test('disables themselves', async () => {
    await makeOrganiser(installation, DEMIR.email, false);
    expect(await disable(organiser)).toBe('own');
    expect(await demir.organiser()).not.toBeNull();
  });

  test('disables the last administrator who gets in', async () => {
    expect(await disableAccount(installation, administrator.id, organiser)).toBe('last_administrator');
    await makeOrganiser(installation, DEMIR.email, false);
    await disable();
    expect(await disableAccount(installation, administrator.id, null)).toBe('last_administrator');
    await enable();
    expect(await disableAccount(installation, administrator.id, organiser)).toBe('disabled');
  });

  test('is disabled who has no account', async () => {
    expect(await disableAccount(installation, 'nobody', administrator)).toBe('unknown');
    expect(await enableAccount(installation, 'nobody', administrator)).toBe(false);
  });
});

test('whoever runs the server disables and enables by the address', async () => {
  const turn = (email: string, to: 'disable' | 'enable') => changeAccount(installation, email, to);
  expect(await turn(' Demir@example.org ', 'disable')).toBe('done');
  expect(await signIn()).toBe('disabled');
  expect(await turn(DEMIR.email, 'enable')).toBe('done');
  expect(await signIn()).toBe('signed_in');
  expect(await turn(MERTENS.email, 'disable')).toBe('last_administrator');
  expect(await turn('nobody@example.org', 'enable')).toBe('unknown');
});
