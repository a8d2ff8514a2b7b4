import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { ConflictNotices } from '../../src/lib/door/conflict-notices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { Tablet } from '../support/tablet.ts';

let world: TestInstallation;
let eventId: EventId;
let tablets: Tablet[];
beforeEach(async () => {
  const evening = dialogueEvening();
  world = await testInstallation(() => evening.startsAt);
  eventId = await createEvent(world.installation, evening);
  tablets = ['tab1', 'tab2', 'tab3'].map((name) => new Tablet(name, world.installation));
  for (const tablet of tablets) {
    await tablet.start();
    await tablet.pair(world.installation, eventId);
    await tablet.sync();
  }
});
afterEach(async () => {
  for (const tablet of tablets) tablet.store.close();
  await world.dispose();
});

async function noticesOf(tablet: Tablet) {
  const notices = new ConflictNotices(tablet.store);
  await notices.load();
  return notices;
}

/** Lets one ticket in at two tablets that don't know of each other, and syncs everybody. */
async function letInTwice(): Promise<void> {
  const [first, second] = tablets;
  const walkIn = (await first!.door.walkIn('Ayşe', 'w1' as WorkgroupId))!;
  await first!.scan(walkIn.ticketText, 'hall-door');
  await second!.scan(walkIn.ticketText, 'hall-door');
  for (const tablet of [...tablets, ...tablets]) await tablet.sync();
}

test('two doors that let one ticket in are both told after the sync; a third knows, and is not concerned', async () => {
  await letInTwice();
  for (const [i, own] of [true, true, false].entries()) {
    const notices = (await noticesOf(tablets[i]!)).list();
    expect(notices).toMatchObject([{ own, seen: false, conflict: { reasons: ['double_entry'] } }]);
  }
});

test('what has been seen stays seen, also after a restart', async () => {
  await letInTwice();
  const [tablet] = tablets;
  const notices = await noticesOf(tablet!);
  await notices.markSeen(notices.list()[0]!.key);
  expect(notices.list()).toMatchObject([{ seen: true }]);
  await tablet!.crash();
  expect((await noticesOf(tablet!)).list()).toMatchObject([{ seen: true }]);
});

test('a locked tablet tells nothing', async () => {
  await letInTwice();
  const notices = await noticesOf(tablets[0]!);
  tablets[0]!.store.lock();
  expect(notices.list()).toEqual([]);
});

test('each tablet learns how the server last heard the others', async () => {
  await letInTwice();
  const news = await tablets[0]!.store.db.fact('tablets');
  expect(news).toHaveLength(3);
  expect(news).toContainEqual({
    id: tablets[1]!.store.identity!.deviceId,
    lastContactAt: world.installation.clock(),
    waiting: 0,
  });
});
