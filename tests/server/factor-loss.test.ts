import { afterEach, beforeEach, expect, test } from 'vitest';
import { addMillis, DAY, millis, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import type { Organiser } from '../../src/lib/server/accounts.ts';
import { listInstallationActs } from '../../src/lib/server/acts.ts';
import { readFactorTaken, takeSecondFactor } from '../../src/lib/server/factor-loss.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { sendFactorNotices } from '../../src/lib/server/mail/factor-notices.ts';
import type { HandoverOutcome } from '../../src/lib/server/mail/handover.ts';
import { smtpTransport } from '../../src/lib/server/mail/handover.ts';
import { changeAccount } from '../../src/lib/server/operation/organiser.ts';
import { beginSecondFactor, confirmSecondFactor } from '../../src/lib/server/second-factor.ts';
import { testInstallation } from '../support/installation.ts';
import { Mailbox, SENDER } from '../support/mail.ts';
import { MERTENS, OfficeBrowser, setUpBrowser } from '../support/office-browser.ts';
import { totpCode } from '../support/totp.ts';

let installation: Installation;
let dispose: () => Promise<void>;
let now: Millis;
let browser: OfficeBrowser;
let organiser: Organiser;

beforeEach(async () => {
  now = millis(Date.now());
  const made = await testInstallation(() => now, { sendsMail: true });
  installation = made.installation;
  dispose = () => made.dispose();
  browser = await setUpBrowser(installation);
  organiser = (await browser.organiser())!;
  await setUpFactor(browser);
});
afterEach(() => dispose());

async function setUpFactor(at: OfficeBrowser): Promise<void> {
  const who = (await at.organiser())!;
  const begun = await beginSecondFactor(installation, at.headers, who, MERTENS.password);
  if (begun.kind !== 'begun') throw new Error(begun.kind);
  const code = totpCode(begun.setUp.key, Date.now());
  const confirmed = await confirmSecondFactor(installation, at.headers, who, code);
  if (confirmed.kind !== 'on') throw new Error(confirmed.kind);
  at.keep(confirmed.cookies);
}

/** An administrator, who is not the one that has lost the phone. */
const HELPER = { id: 'helper', name: 'Elif Demir' };
const take = () => takeSecondFactor(installation, organiser.id, HELPER);
const takenAt = () => readFactorTaken(installation.db, organiser.id);
const answering = (kind: HandoverOutcome['kind']) => ({
  handOver: () => Promise.resolve({ kind, problem: 'busy', code: null } as HandoverOutcome),
});
const due = async () =>
  (await installation.db.selectFrom('users').select('factor_notice_at').executeTakeFirstOrThrow())
    .factor_notice_at;

test('after the phone is lost the password is enough, everybody is signed out, and it is written down', async () => {
  expect(await take()).toBe('taken');
  expect(await browser.organiser()).toBeNull();
  expect(await new OfficeBrowser(installation).signIn()).toBe('signed_in');
  const [act] = await listInstallationActs(installation.db, 1);
  expect(act).toMatchObject({ kind: 'second_factor_taken', actorName: HELPER.name, subject: organiser.id });
});

test('its owner is told in the office until there is one again', async () => {
  expect(await takenAt()).toBeNull();
  await take();
  expect(await takenAt()).toBe(now);
  const again = new OfficeBrowser(installation);
  await again.signIn();
  await setUpFactor(again);
  expect(await takenAt()).toBeNull();
});

test('its owner is told by mail, once', async () => {
  const mailbox = await Mailbox.open();
  const transport = smtpTransport(mailbox.address, SENDER);
  await take();
  expect(await sendFactorNotices(installation, transport)).toBe(true);
  expect(await sendFactorNotices(installation, transport)).toBe(true);
  transport.close();
  await mailbox.close();
  expect(mailbox.received).toHaveLength(1);
  expect(mailbox.received[0]!.text).toContain('zweiten Faktor');
  expect(mailbox.received[0]!.text).toContain('second factor');
  expect(JSON.stringify(mailbox.received[0]!.to)).toContain(MERTENS.email);
});

test('a mail server that is away, or busy, gets the mail later; after two days nobody tries any more', async () => {
  await take();
  expect(await sendFactorNotices(installation, answering('unavailable'))).toBe(false);
  expect(await due()).toBe(now);
  expect(await sendFactorNotices(installation, answering('later'))).toBe(true);
  expect(await due()).toBe(addMillis(now, 10 * MINUTE));
  now = addMillis(now, 2 * DAY);
  await sendFactorNotices(installation, answering('later'));
  expect(await due()).toBeNull();
});

test('nobody takes away what is not there, or their own', async () => {
  expect(await takeSecondFactor(installation, organiser.id, organiser)).toBe('own');
  expect(await takeSecondFactor(installation, 'nobody', HELPER)).toBe('unknown');
  await take();
  expect(await take()).toBe('unknown');
});

test('whoever runs the server takes it away by the address', async () => {
  const drop = () => changeAccount(installation, MERTENS.email, 'drop-second-factor');
  expect(await drop()).toBe('done');
  expect(await drop()).toBe('no_second_factor');
  expect(await new OfficeBrowser(installation).signIn()).toBe('signed_in');
});
