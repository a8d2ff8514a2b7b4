import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import type { DeviceId, EventId } from '../../src/lib/domain/ids.ts';
import { deviceLock, LOCK_PATIENCE } from '../../src/lib/domain/live-view.ts';
import { addMillis, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { listActs } from '../../src/lib/server/acts.ts';
import type { DeviceRow } from '../../src/lib/server/database/schema.ts';
import {
  createPairingCode,
  lockDevice,
  pairDevice,
  renameDevice,
  revokeDevice,
  unlockDevice,
} from '../../src/lib/server/devices.ts';
import { readSetting } from '../../src/lib/server/event-setting.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { readLiveView } from '../../src/lib/server/live-view.ts';
import { syncDevice } from '../../src/lib/server/sync.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation } from '../support/installation.ts';

let installation: Installation;
let dispose: () => Promise<void>;
let now: Millis;
let eventId: EventId;
let otherEventId: EventId;

beforeEach(async () => {
  now = dialogueEvening().startsAt;
  const made = await testInstallation(() => now);
  installation = made.installation;
  dispose = () => made.dispose();
  eventId = await createEvent(installation, dialogueEvening());
  otherEventId = await createEvent(installation, dialogueEvening('other'));
});
afterEach(() => dispose());

async function pair(name: string, event = eventId): Promise<DeviceId> {
  const code = await createPairingCode(installation, event);
  const publicKey = bytesToBase64url(crypto.getRandomValues(new Uint8Array(32)));
  const outcome = await pairDevice(installation, { code, name, publicKey });
  if (outcome.kind !== 'paired') throw new Error(outcome.kind);
  return outcome.answer.deviceId;
}

const row = (id: DeviceId): Promise<DeviceRow> =>
  installation.db.selectFrom('devices').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

/** A round trip of a tablet that is open, or locked. @returns what it is told about locking */
async function sync(id: DeviceId, { locked = false } = {}): Promise<boolean> {
  const body = {
    cursor: null,
    scans: [],
    walkIns: [],
    status: { waiting: 0, clockOffset: 0, version: 'test', battery: null },
  };
  const outcome = await syncDevice(installation, { device: await row(id), handInOnly: locked }, body);
  if (outcome.kind !== 'synced') throw new Error(outcome.message);
  return outcome.answer.lock ?? false;
}

async function lockOf(id: DeviceId) {
  const { devices } = await readLiveView(installation, eventId);
  return deviceLock(devices.find((device) => device.id === id)!);
}

const acts = async (event = eventId) =>
  (await listActs(installation.db, event, {}, 20))
    .map(({ kind, subject }) => [kind, subject])
    .filter(([kind]) => kind !== 'pairing_code_made')
    .reverse();

describe('a name', () => {
  test('is changed, the tablets hear of it, and it is written down', async () => {
    const id = await pair('Tablet 1');
    const before = await installation.db
      .selectFrom('events')
      .select('setting_change')
      .where('id', '=', eventId)
      .executeTakeFirstOrThrow();
    expect(await renameDevice(installation, eventId, id, 'Saal links')).toBe('renamed');
    const { devices } = await readSetting(installation.db, eventId);
    expect(devices.find((device) => device.id === id)!.name).toBe('Saal links');
    const after = await installation.db
      .selectFrom('events')
      .select('setting_change')
      .where('id', '=', eventId)
      .executeTakeFirstOrThrow();
    expect(after.setting_change).toBeGreaterThan(before.setting_change);
    expect(await acts()).toEqual([['device_renamed', id]]);
  });

  test.each(['Saal links', 'saal  LINKS'])(
    'that another tablet in use has, as %j, is refused',
    async (name) => {
      await pair('Saal links');
      const id = await pair('Saal rechts');
      expect(await renameDevice(installation, eventId, id, name)).toBe('name_taken');
      expect((await row(id)).name).toBe('Saal rechts');
      expect(await acts()).toEqual([]);
    },
  );

  test('is free again when its tablet is revoked, and at another event it was never taken', async () => {
    const lost = await pair('Saal links');
    const id = await pair('Ersatz');
    const elsewhere = await pair('Ersatz', otherEventId);
    expect(await renameDevice(installation, otherEventId, elsewhere, 'Saal links')).toBe('renamed');
    await revokeDevice(installation, eventId, lost);
    expect(await renameDevice(installation, eventId, id, 'Saal links')).toBe('renamed');
  });

  test('may be kept, or written in another way, which is nothing new', async () => {
    const id = await pair('Saal links');
    expect(await renameDevice(installation, eventId, id, 'Saal links')).toBe('renamed');
    expect(await acts()).toEqual([]);
    expect(await renameDevice(installation, eventId, id, 'SAAL LINKS')).toBe('renamed');
  });

  test("is not given to a revoked tablet, nor to another event's", async () => {
    const lost = await pair('Saal links');
    await revokeDevice(installation, eventId, lost);
    const elsewhere = await pair('Saal', otherEventId);
    expect(await renameDevice(installation, eventId, lost, 'Neu')).toBe('no_such_device');
    expect(await renameDevice(installation, eventId, elsewhere, 'Neu')).toBe('no_such_device');
    expect((await row(elsewhere)).name).toBe('Saal');
  });
});

describe('a tablet that shall be locked', () => {
  test('is told with every answer until it has been heard without its token', async () => {
    const id = await pair('Saal');
    expect(await sync(id)).toBe(false);
    await lockDevice(installation, eventId, id);
    expect(await lockOf(id)).toBe('asked');
    expect(await sync(id)).toBe(true);
    // The answer was lost on its way.
    expect(await sync(id)).toBe(true);
    expect(await sync(id, { locked: true })).toBe(false);
    expect(await lockOf(id)).toBe('locked');
    expect(await acts()).toEqual([['device_locked', id]]);
  });

  test('is opened by its PIN, and not locked again', async () => {
    const id = await pair('Saal');
    await lockDevice(installation, eventId, id);
    await sync(id);
    await sync(id, { locked: true });
    expect(await sync(id)).toBe(false);
    expect(await lockOf(id)).toBe('open');
  });

  test('that is locked already, and opened before it hears of it, is locked again', async () => {
    const id = await pair('Saal');
    await sync(id, { locked: true });
    expect(await lockOf(id)).toBe('locked');
    await lockDevice(installation, eventId, id);
    expect(await lockOf(id)).toBe('asked');
    expect(await sync(id)).toBe(true);
  });

  test('is too old for it when it goes on as if nothing had been said', async () => {
    const id = await pair('Saal');
    await lockDevice(installation, eventId, id);
    await sync(id);
    now = addMillis(now, LOCK_PATIENCE);
    await sync(id);
    expect(await lockOf(id)).toBe('asked');
    now = addMillis(now, 1);
    await sync(id);
    expect(await lockOf(id)).toBe('ignored');
  });

  test('is not told so long as it is silent, however long that is', async () => {
    const id = await pair('Saal');
    await sync(id);
    await lockDevice(installation, eventId, id);
    now = addMillis(now, 60 * MINUTE);
    expect(await lockOf(id)).toBe('asked');
  });

  test('has nothing to lock before it has a PIN, which it has before its first sync', async () => {
    const id = await pair('Saal');
    expect(await lockOf(id)).toBe('no_pin');
    await sync(id);
    expect(await lockOf(id)).toBe('open');
  });

  test('is let be when that is taken back, which is written down once', async () => {
    const id = await pair('Saal');
    await lockDevice(installation, eventId, id);
    await lockDevice(installation, eventId, id);
    await unlockDevice(installation, eventId, id);
    await unlockDevice(installation, eventId, id);
    expect(await sync(id)).toBe(false);
    expect(await acts()).toEqual([
      ['device_locked', id],
      ['device_unlocked', id],
    ]);
  });

  test("is one of the event's own that is in use", async () => {
    const lost = await pair('Saal links');
    await revokeDevice(installation, eventId, lost);
    const elsewhere = await pair('Saal', otherEventId);
    await lockDevice(installation, eventId, lost);
    await lockDevice(installation, eventId, elsewhere);
    await lockDevice(installation, otherEventId, elsewhere);
    await unlockDevice(installation, eventId, elsewhere);
    expect((await row(lost)).lock_asked_at).toBeNull();
    expect((await row(elsewhere)).lock_asked_at).toBe(now);
    expect(await acts()).toEqual([['device_revoked', lost]]);
  });

  test('is told at once to whoever listens, and again only when the tablet answers otherwise', async () => {
    const id = await pair('Saal');
    // Counted where they are published: whoever listens may be told a change once more, which does no harm.
    const published = vi.spyOn(installation.news, 'publish');
    await lockDevice(installation, eventId, id);
    expect(published).toHaveBeenCalledTimes(1);
    expect(published).toHaveBeenCalledWith(eventId);
    await sync(id);
    await sync(id, { locked: true });
    expect(published).toHaveBeenCalledTimes(2);
    await sync(id, { locked: true });
    expect(published).toHaveBeenCalledTimes(2);
    await sync(id);
    expect(published).toHaveBeenCalledTimes(3);
  });
});
