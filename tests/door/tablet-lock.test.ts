import { Dexie } from 'dexie';
import { IDBKeyRange } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { addMillis, HOUR, millis, MINUTE, SECOND, type Millis } from '../../src/lib/domain/time.ts';
import { lockState } from '../../src/lib/door/tablet-lock.ts';
import { changePin, createVault, isGoodPin, openVault } from '../../src/lib/door/vault.ts';
import { listDevices, revokeDevice } from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { PIN, Tablet } from '../support/tablet.ts';

const w5 = 'w5' as WorkgroupId;

let now: Millis;
let world: TestInstallation;
let eventId: EventId;
let tablet: Tablet;
beforeEach(async () => {
  const evening = dialogueEvening();
  now = evening.startsAt;
  world = await testInstallation(() => now);
  eventId = await createEvent(world.installation, evening);
  tablet = new Tablet('Haupteingang', world.installation);
  await tablet.start();
  await tablet.pair(world.installation, eventId);
  await tablet.sync();
});
afterEach(async () => {
  tablet.store.close();
  await world.dispose();
});

/** Lets a walk-in in, so that the tablet has a name to hide and a scan to hand in. */
async function letIn(name: string): Promise<void> {
  const walkIn = (await tablet.door.walkIn(name, w5))!;
  await tablet.scan(walkIn.ticketText, 'hall-door');
}

const storedScans = () => world.installation.db.selectFrom('scans').selectAll().execute();

describe('what lies on a tablet', () => {
  test('names nobody once the server knows them, and not the token', async () => {
    await letIn('Ayşe Yılmaz');
    const { token } = tablet.store.identity!;
    await tablet.sync();
    const disk = await tablet.everythingOnDisk({ opened: false });
    expect(disk).not.toContain('Yılmaz');
    expect(disk).not.toContain(token);
    expect(await tablet.everythingOnDisk({ opened: true })).toContain('Yılmaz');
  });

  test('keeps a walk-in readable only while it waits: it must get to the server without the PIN', async () => {
    await letIn('Ayşe Yılmaz');
    expect(await tablet.everythingOnDisk({ opened: false })).toContain('Yılmaz');
  });
});

describe('a locked tablet', () => {
  beforeEach(async () => {
    await letIn('Ayşe');
    tablet.store.lock();
  });

  test('has nothing in memory, decides nothing, and is open again with the PIN', async () => {
    expect([tablet.store.state, tablet.store.identity?.token]).toEqual([null, null]);
    expect(await tablet.scan('anything', 'hall-door')).toEqual({ kind: 'not_ready' });
    expect(await tablet.lock.unlock(PIN)).toEqual({ kind: 'unlocked' });
    expect(tablet.store.state?.venueTotal()).toBe(1);
  });

  test('hands in what waits, and gets no news', async () => {
    const before = tablet.store.progress;
    expect(await tablet.sync()).toEqual({ kind: 'done' });
    expect(await storedScans()).toHaveLength(1);
    expect([tablet.store.waiting, tablet.store.progress]).toEqual([0, before]);
    await tablet.lock.unlock(PIN);
    await tablet.sync();
    expect([...tablet.store.state!.registrations.values()].map(({ name }) => name)).toEqual(['Ayşe']);
    expect(tablet.store.state!.venueTotal()).toBe(1);
  });

  test('that was revoked hands in what waits and wipes itself', async () => {
    const [device] = await listDevices(world.installation.db, eventId);
    await revokeDevice(world.installation, eventId, device!.id);
    expect(await tablet.sync()).toEqual({ kind: 'wiped' });
    expect(await storedScans()).toHaveLength(1);
    expect(lockState(tablet.store)).toBe('not_paired');
    expect(await tablet.everythingOnDisk({ opened: false })).toBe('[[],[],[],[],[]]');
  });

  test('gets nothing from the server with what lies in the clear on it', async () => {
    const answer = await tablet.transport.sync(tablet.store.identity!.handInToken, {
      cursor: null,
      scans: [],
      walkIns: [],
      status: { waiting: 0, clockOffset: 0, version: 'test', battery: null },
    });
    expect(answer).toMatchObject({ kind: 'ok', body: { changes: [], more: false, revoked: false } });
  });
});

describe('a tablet that was paired before there were PINs', () => {
  /** Its disk and the server's row as they were then, with everything in the clear. */
  async function asBefore(): Promise<void> {
    const { db } = tablet.store;
    const { handInToken: _, ...identity } = tablet.store.identity!;
    const facts = [
      { name: 'identity', value: identity },
      { name: 'progress', value: await db.fact('progress') },
    ];
    const [scans, walkIns] = [await db.scans.toArray(), await db.walkIns.toArray()];
    await db.delete();
    const old = new Dexie('einlass-door', { indexedDB: tablet.indexedDB, IDBKeyRange });
    old.version(1).stores({
      scans: 'id, &deviceSeq, waiting',
      walkIns: 'registrationId, waiting',
      pages: '++number',
      facts: 'name',
    });
    await old.table('scans').bulkAdd(scans);
    await old.table('walkIns').bulkAdd(walkIns);
    await old.table('pages').add({ changes: [{ kind: 'registration', registration: { name: 'Geheim' } }] });
    await old.table('facts').bulkAdd(facts);
    old.close();
    await world.installation.db.updateTable('devices').set({ hand_in_hash: null }).execute();
    await tablet.start();
  }

  test('asks for one, loses nothing that waits, and hands in while it is locked from then on', async () => {
    await letIn('Ayşe');
    await asBefore();
    expect(await tablet.everythingOnDisk({ opened: false })).not.toContain('Geheim');
    expect([lockState(tablet.store), tablet.store.waiting]).toEqual(['pin_due', 2]);
    await tablet.lock.choosePin(PIN);
    expect(await tablet.sync()).toEqual({ kind: 'done' });
    expect(await storedScans()).toHaveLength(1);
    await letIn('Olga');
    tablet.store.lock();
    expect(await tablet.sync()).toEqual({ kind: 'done' });
    expect(await storedScans()).toHaveLength(2);
  });
});

describe('a wrong PIN', () => {
  beforeEach(() => tablet.store.lock());

  const wrong = () => tablet.lock.unlock('135799');

  test('opens nothing, and says how many attempts are left', async () => {
    expect(await wrong()).toEqual({ kind: 'wrong', left: 9, wait: 0 });
    expect(tablet.store.isOpen).toBe(false);
    expect(await tablet.lock.unlock(PIN)).toEqual({ kind: 'unlocked' });
  });

  test('makes the next wait from the fifth on, also after a restart, and longer each time', async () => {
    for (let i = 0; i < 4; i++) await wrong();
    expect(await wrong()).toEqual({ kind: 'wrong', left: 5, wait: 30 * SECOND });
    tablet.store.close();
    await tablet.start();
    expect(await tablet.lock.unlock(PIN)).toEqual({ kind: 'wait', wait: 30 * SECOND });
    now = addMillis(now, 30 * SECOND);
    expect(await wrong()).toEqual({ kind: 'wrong', left: 4, wait: MINUTE });
  });

  test('given ten times takes the roster, and leaves what waits to be handed in', async () => {
    await tablet.lock.unlock(PIN);
    await letIn('Ayşe');
    tablet.store.lock();
    for (let i = 0; i < 10; i++) {
      now = addMillis(now, HOUR);
      await wrong();
    }
    expect(lockState(tablet.store)).toBe('forgotten');
    expect(await tablet.lock.unlock(PIN)).toEqual({ kind: 'forgotten' });
    await expect(tablet.pair(world.installation, eventId)).rejects.toThrow('still_waiting');
    await tablet.sync();
    expect(await storedScans()).toHaveLength(1);
    await tablet.pair(world.installation, eventId);
    expect(lockState(tablet.store)).toBe('open');
  });

  test('counts before it is tried, so that pulling the plug makes no attempt free', async () => {
    const trying = wrong();
    tablet.store.close();
    await trying.catch(() => undefined);
    await tablet.start();
    const left = (await tablet.store.db.fact('attempts'))?.failed ?? 0;
    expect(left).toBeLessThanOrEqual(1);
    expect(lockState(tablet.store)).toBe(left === 0 ? 'open' : 'locked');
  });
});

test('a PIN can be changed by whoever knows it, and only then', async () => {
  expect(await tablet.lock.changePin('135799', '975311')).toBe(false);
  expect(await tablet.lock.changePin(PIN, '975311')).toBe(true);
  tablet.store.lock();
  expect(await tablet.lock.unlock(PIN)).toMatchObject({ kind: 'wrong' });
  expect(await tablet.lock.unlock('975311')).toEqual({ kind: 'unlocked' });
});

test('the roster goes by itself twelve hours after the event, locked or not; what waits stays', async () => {
  await letIn('Ayşe');
  const { endsAt, admissionUntil } = tablet.store.state!.venue.setting;
  const end = Math.max(endsAt, admissionUntil) + 12 * HOUR;
  tablet.store.lock();
  expect(await tablet.lock.expire(millis(end - 1))).toBe(false);
  expect(await tablet.lock.expire(millis(end))).toBe(true);
  expect([lockState(tablet.store), tablet.store.waiting]).toEqual(['forgotten', 2]);
});

describe('a vault', () => {
  test('opens only what it sealed, unaltered and for the same purpose', async () => {
    const { vault } = await createVault(PIN, 1);
    const sealed = await vault.seal({ name: 'Ayşe' }, 'page');
    expect(await vault.open(sealed, 'page')).toEqual({ name: 'Ayşe' });
    await expect(vault.open(sealed, 'token')).rejects.toThrow();
    const altered = new Uint8Array(sealed.data.slice());
    altered[0]! ^= 1;
    await expect(vault.open({ ...sealed, data: altered.buffer }, 'page')).rejects.toThrow();
    const other = await createVault(PIN, 1);
    await expect(other.vault.open(sealed, 'page')).rejects.toThrow();
  });

  test('keeps its key behind a new PIN', async () => {
    const { vault, lock } = await createVault(PIN, 1);
    const sealed = await vault.seal('word', 'page');
    const changed = (await changePin(lock, PIN, '975311'))!;
    expect(await openVault(changed, PIN)).toBe(null);
    expect(await (await openVault(changed, '975311'))!.open(sealed, 'page')).toBe('word');
  });

  test('has a key that the PIN alone does not open', async () => {
    const { lock } = await createVault(PIN, 1);
    const { lock: other } = await createVault(PIN, 1);
    expect(await openVault({ ...lock, tabletKey: other.tabletKey }, PIN)).toBe(null);
    expect(lock.tabletKey.extractable).toBe(false);
  });
});

test.each([
  ['246813', true],
  ['12345', false],
  ['123456', false],
  ['987654', false],
  ['111111', false],
  ['24681x', false],
  ['90210421', true],
])('the PIN %s is good: %s', (pin, good) => {
  expect(isGoodPin(pin)).toBe(good);
});
