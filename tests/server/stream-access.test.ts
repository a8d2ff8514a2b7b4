import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import type { DeviceId, EventId } from '../../src/lib/domain/ids.ts';
import { addMillis, DAY, millis, type Millis } from '../../src/lib/domain/time.ts';
import type { Organiser } from '../../src/lib/server/accounts.ts';
import { createPairingCode, pairDevice, revokeDevice } from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { acceptInvitation, createInvitation } from '../../src/lib/server/invitations.ts';
import { IDLE_LIFETIME } from '../../src/lib/server/session-lifetime.ts';
import { mayTabletListen, standingOfWatcher } from '../../src/lib/server/stream-access.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation } from '../support/installation.ts';
import { OfficeBrowser, setUpBrowser } from '../support/office-browser.ts';

let installation: Installation;
let dispose: () => Promise<void>;
let now: Millis;
let eventId: EventId;

beforeEach(async () => {
  now = millis(Date.now());
  const made = await testInstallation(() => now);
  installation = made.installation;
  dispose = () => made.dispose();
  eventId = await createEvent(installation, dialogueEvening());
});
afterEach(() => dispose());

describe('whoever has a live page open', () => {
  let browser: OfficeBrowser;
  let organiser: Organiser;
  const standing = (event = eventId) => standingOfWatcher(installation, organiser, event);
  const withoutAdministrators = () => installation.db.deleteFrom('administrators').execute();

  beforeEach(async () => {
    browser = await setUpBrowser(installation);
    organiser = (await browser.organiser())!;
  });

  test('is what the account is, at this event and not at another', async () => {
    const other = await createEvent(installation, dialogueEvening('other'));
    expect(await standing()).toEqual({ administrator: true, role: null });
    await acceptInvitation(
      installation,
      await createInvitation(installation, eventId, 'viewer', organiser),
      organiser,
    );
    await withoutAdministrators();
    expect(await Promise.all([standing(), standing(other), standing()])).toEqual([
      { administrator: false, role: 'viewer' },
      { administrator: false, role: null },
      { administrator: false, role: 'viewer' },
    ]);
  });

  test('is told of another role, and of none, at the next message', async () => {
    const token = await createInvitation(installation, eventId, 'owner', organiser);
    await acceptInvitation(installation, token, organiser);
    await withoutAdministrators();
    expect((await standing())?.role).toBe('owner');
    await installation.db.updateTable('members').set({ role: 'viewer' }).execute();
    expect((await standing())?.role).toBe('viewer');
    await installation.db.deleteFrom('members').execute();
    expect(await standing()).toEqual({ administrator: false, role: null });
  });

  test('sees nothing more once that session has ended, whoever else is signed in', async () => {
    const other = new OfficeBrowser(installation);
    expect(await other.signIn()).toBe('signed_in');
    const elsewhere = (await other.organiser())!;
    await installation.db.deleteFrom('sessions').where('id', '=', organiser.session.id).execute();
    expect(
      await Promise.all([standing(), standingOfWatcher(installation, elsewhere, eventId)]),
    ).toMatchObject([null, { administrator: true }]);
  });

  test('sees nothing more once the session has run out', async () => {
    now = addMillis(now, IDLE_LIFETIME - DAY);
    expect(await standing()).not.toBeNull();
    now = addMillis(now, 2 * DAY);
    expect(await standing()).toBeNull();
  });
});

describe('a tablet whose stream is open', () => {
  const publicKey = bytesToBase64url(crypto.getRandomValues(new Uint8Array(32)));
  const row = (id: DeviceId) =>
    installation.db.selectFrom('devices').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  async function pair(code: string): Promise<DeviceId> {
    const outcome = await pairDevice(installation, { code, name: 'Saal', publicKey });
    if (outcome.kind !== 'paired') throw new Error(outcome.kind);
    return outcome.answer.deviceId;
  }

  test('hears news until it is revoked', async () => {
    const device = await row(await pair(await createPairingCode(installation, eventId)));
    expect(await mayTabletListen(installation, device)).toBe(true);
    await revokeDevice(installation, eventId, device.id);
    expect(await mayTabletListen(installation, device)).toBe(false);
  });

  test('hears no more by the token of before when it has got another', async () => {
    const code = await createPairingCode(installation, eventId);
    const before = await row(await pair(code));
    const after = await row(await pair(code));
    expect(await Promise.all([before, after].map((one) => mayTabletListen(installation, one)))).toEqual([
      false,
      true,
    ]);
  });
});
