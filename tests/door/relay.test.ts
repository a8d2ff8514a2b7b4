import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import { signScan, type SignedRecord } from '../../src/lib/domain/signed-record.ts';
import { addMillis, MINUTE, type Millis } from '../../src/lib/domain/time.ts';
import { StoreRecordBook } from '../../src/lib/door/store-record-book.ts';
import { berlinTime } from '../../src/lib/server/berlin-time.ts';
import { revokeDevice } from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { PIN, Tablet } from '../support/tablet.ts';

let now: Millis;
let world: TestInstallation;
let eventId: EventId;
let one: Tablet;
let two: Tablet;
let three: Tablet;
let events = 0;

beforeEach(async () => {
  now = berlinTime(2022, 11, 18, 15, 40);
  world ??= await testInstallation(() => now);
  eventId = await createEvent(world.installation, dialogueEvening(`relay-${(events += 1)}`));
  [one, two, three] = [await pairedTablet('Eins'), await pairedTablet('Zwei'), await pairedTablet('Drei')];
  // Everybody knows everybody, and then the server is gone.
  for (const tablet of [one, two, three]) await tablet.sync();
  for (const tablet of [one, two, three]) tablet.network = offline;
});
afterAll(() => world.dispose());

const offline = () => Promise.reject(new TypeError('fetch failed'));
const online = (...tablets: Tablet[]) => {
  for (const tablet of tablets) tablet.network = (deliver) => deliver();
};

async function pairedTablet(name: string): Promise<Tablet> {
  const tablet = new Tablet(name, world.installation);
  await tablet.start();
  await tablet.pair(world.installation, eventId);
  return tablet;
}

const bookOf = ({ store }: Tablet) => new StoreRecordBook(store);

/** Everything that the one has and the other lacks goes over. */
async function handOver(from: Tablet, to: Tablet) {
  const beyond = await bookOf(from).beyond(await bookOf(to).held());
  return bookOf(to).take(JSON.parse(JSON.stringify(beyond)) as SignedRecord[], 'pictures');
}

async function walkIn(at: Tablet, name = 'Ada Beispiel') {
  await at.store.setDuty({ checkpointId: 'hall-door' as never, direction: 'entry' });
  return (await at.door.walkIn(name, 'w3' as WorkgroupId))!;
}

/** @returns the word that was shown */
async function scan(at: Tablet, text: string): Promise<string> {
  const outcome = await at.scan(text, 'hall-door');
  return outcome.kind === 'shown' ? outcome.verdict.word : outcome.kind;
}

const logged = () =>
  world.installation.db
    .selectFrom('scans')
    .select(['id', 'device_id', 'brought_by'])
    .where('event_id', '=', eventId)
    .execute();

describe('tablets without a server', () => {
  test('know of a ticket that another has let in, also after a crash, and by a third', async () => {
    const { ticketText } = await walkIn(one);
    expect(await scan(one, ticketText)).toBe('admitted');
    expect(await handOver(one, two)).toEqual({ taken: 2, known: 0, refused: 0 });
    expect(await handOver(two, three)).toEqual({ taken: 2, known: 0, refused: 0 });
    expect(two.store.state!.venueTotal()).toBe(1);
    expect([...two.store.state!.registrations.values()].map(({ name }) => name)).toEqual(['Ada Beispiel']);
    await three.crash();
    expect(three.store.state!.venueTotal()).toBe(1);
    expect(await scan(three, ticketText)).toBe('already_inside');
  });

  test('take nothing twice, and give nothing that the other has', async () => {
    const { ticketText } = await walkIn(one);
    await scan(one, ticketText);
    const everything = await bookOf(one).beyond({ scans: {}, walkIns: [] });
    await bookOf(two).take([...everything, ...everything], 'local_network');
    expect(await bookOf(two).take(everything, 'pictures')).toEqual({ taken: 0, known: 2, refused: 0 });
    expect(await bookOf(one).beyond(await bookOf(two).held())).toEqual([]);
    expect(two.store.state!.venueTotal()).toBe(1);
    expect(two.store.waitingRelayed).toBe(2);
    expect(two.store.waiting).toBe(0);
  });

  test('hear of it when there is something new to hand on', async () => {
    const heard: string[] = [];
    const end = bookOf(one).onNews(() => heard.push('one'));
    bookOf(two).onNews(() => heard.push('two'));
    await walkIn(one);
    await handOver(one, two);
    expect(heard).toEqual(['one', 'two']);
    end();
    await walkIn(one);
    expect(heard).toHaveLength(2);
  });

  test('have the same key for what passes between them, and a locked one has none', async () => {
    const [mine, yours] = [await bookOf(one).exchangeKey(), await bookOf(two).exchangeKey()];
    const parameters = { name: 'AES-GCM', iv: new Uint8Array(12) };
    const sealed = await crypto.subtle.encrypt(parameters, mine!, new Uint8Array([7]));
    expect(new Uint8Array(await crypto.subtle.decrypt(parameters, yours!, sealed))).toEqual(
      new Uint8Array([7]),
    );
    expect(mine!.extractable).toBe(false);
    two.store.lock();
    expect(await bookOf(two).exchangeKey()).toBeNull();
    expect(await two.everythingOnDisk({ opened: false })).not.toContain(one.store.exchangeKey);
    await two.lock.unlock(PIN);
    expect(await bookOf(two).exchangeKey()).not.toBeNull();
  });

  test('give and take nothing while they are locked', async () => {
    await walkIn(one);
    const given = await bookOf(one).beyond({ scans: {}, walkIns: [] });
    two.store.lock();
    expect(await bookOf(two).take(given, 'pictures')).toEqual({ taken: 0, known: 0, refused: 1 });
    one.store.lock();
    expect(await bookOf(one).beyond({ scans: {}, walkIns: [] })).toEqual([]);
  });
});

describe('a bad record', () => {
  let good: Extract<SignedRecord, { scan: Scan }>;
  let person: Extract<SignedRecord, { walkIn: unknown }>;
  beforeEach(async () => {
    const { ticketText } = await walkIn(one);
    await scan(one, ticketText);
    const given = await bookOf(one).beyond({ scans: {}, walkIns: [] });
    good = given.find((record) => 'scan' in record)!;
    person = given.find((record) => 'walkIn' in record)!;
  });

  async function refuses(record: SignedRecord): Promise<void> {
    expect(await bookOf(two).take([record], 'pictures')).toEqual({ taken: 0, known: 0, refused: 1 });
    expect(two.store.waitingRelayed).toBe(0);
    expect(two.store.state!.venueTotal()).toBe(0);
    expect(await two.store.db.relayed.count()).toBe(0);
  }

  test('that was altered is refused', async () => {
    await refuses({ ...good, scan: { ...good.scan, direction: 'exit' } });
    await refuses({ ...person, walkIn: { ...person.walkIn, name: 'Eva Beispiel' } });
  });

  test('that somebody has signed in another tablet’s name is refused', async () => {
    const { privateKey } = three.store.identity!;
    await refuses(await signScan(eventId, good.scan, privateKey));
    const own = { ...good.scan, deviceId: two.store.identity!.deviceId };
    await refuses(await signScan(eventId, own, privateKey));
  });

  test('of another event, or of a tablet that nobody knows, is refused', async () => {
    const { privateKey } = one.store.identity!;
    await refuses(await signScan('0f0f0f0f0f0f0f0f' as EventId, good.scan, privateKey));
    const strange = { ...good.scan, deviceId: crypto.randomUUID() as Scan['deviceId'] };
    await refuses(await signScan(eventId, strange, privateKey));
  });

  test('that contradicts what is known changes nothing', async () => {
    await bookOf(two).take([good], 'pictures');
    const { privateKey } = one.store.identity!;
    const otherwise = await signScan(eventId, { ...good.scan, direction: 'exit' }, privateKey);
    const sameNumber = await signScan(
      eventId,
      { ...good.scan, id: crypto.randomUUID() as Scan['id'], direction: 'exit' },
      privateKey,
    );
    const taken = await bookOf(two).take([otherwise, sameNumber], 'pictures');
    expect(taken).toEqual({ taken: 0, known: 0, refused: 2 });
    expect(two.store.state!.venueTotal()).toBe(1);
  });

  test('that a revoked tablet has made after it was revoked is refused; from before it counts', async () => {
    now = addMillis(now, MINUTE);
    await revokeDevice(world.installation, eventId, one.store.identity!.deviceId);
    online(two);
    await two.sync();
    now = addMillis(now, MINUTE);
    const { privateKey } = one.store.identity!;
    const late = { ...good.scan, id: crypto.randomUUID() as Scan['id'], deviceSeq: 2, deviceTime: now };
    await refuses(await signScan(eventId, late, privateKey));
    expect(await bookOf(two).take([good], 'pictures')).toMatchObject({ taken: 1 });
  });
});

describe('what was handed over', () => {
  test('is brought to the server, once, and stays on the outbox of who made it until that one is answered', async () => {
    const { ticketText } = await walkIn(one);
    await scan(one, ticketText);
    await handOver(one, two);
    online(two);
    expect((await two.sync()).kind).toBe('done');
    const [deviceId, by] = [one.store.identity!.deviceId, two.store.identity!.deviceId];
    expect(await logged()).toMatchObject([{ device_id: deviceId, brought_by: by }]);
    expect(two.store.waitingRelayed).toBe(0);
    expect(one.store.waiting).toBe(2);
    online(one, three);
    expect((await one.sync()).kind).toBe('done');
    await three.sync();
    expect(await logged()).toHaveLength(1);
    for (const tablet of [one, two, three]) {
      expect(tablet.store.state!.venueTotal()).toBe(1);
      await tablet.crash();
      expect(tablet.store.state!.venueTotal()).toBe(1);
      expect(tablet.store.waiting + tablet.store.waitingRelayed).toBe(0);
    }
    // What has come with the feed, too, lies nowhere else; the walk-in is sealed.
    expect(await two.store.db.relayed.toArray()).toMatchObject([{ sealed: {} }]);
    expect(await two.everythingOnDisk({ opened: false })).not.toContain('Ada');
  });

  test('is handed on also by a tablet that learnt it from the server', async () => {
    const { ticketText } = await walkIn(one);
    await scan(one, ticketText);
    online(one, two);
    await one.sync();
    await two.sync();
    expect(await handOver(two, three)).toEqual({ taken: 1, known: 0, refused: 0 });
    expect(await scan(three, ticketText)).toBe('already_inside');
  });

  test('waits in the clear, is handed in by a tablet that is locked, and a revoked one is empty after it', async () => {
    const { ticketText } = await walkIn(one);
    await scan(one, ticketText);
    await handOver(one, two);
    await handOver(one, three);
    online(two, three);
    two.store.lock();
    await two.sync();
    expect(two.store.waitingRelayed).toBe(0);
    expect(await logged()).toHaveLength(1);
    await revokeDevice(world.installation, eventId, three.store.identity!.deviceId);
    expect((await three.sync()).kind).toBe('wiped');
    expect(await three.store.db.relayed.count()).toBe(0);
  });

  test('is kept by a tablet whose answer was lost, and by one whose PIN was forgotten', async () => {
    const { ticketText } = await walkIn(one);
    await scan(one, ticketText);
    await handOver(one, two);
    two.network = async (deliver) => {
      await deliver();
      throw new TypeError('lost');
    };
    await two.sync();
    expect(two.store.waitingRelayed).toBe(2);
    await two.store.forgetRoster();
    expect(two.store.waitingRelayed).toBe(2);
    online(two);
    await two.sync();
    expect(two.store.waitingRelayed).toBe(0);
    expect(await logged()).toHaveLength(1);
  });

  test('no longer counts once the server has kept it aside', async () => {
    now = addMillis(now, MINUTE);
    await revokeDevice(world.installation, eventId, one.store.identity!.deviceId);
    now = addMillis(now, MINUTE);
    const { ticketText } = await walkIn(one);
    await scan(one, ticketText);
    // Two has not heard of it.
    expect(await handOver(one, two)).toMatchObject({ taken: 2 });
    expect(two.store.state!.venueTotal()).toBe(1);
    online(two);
    await two.sync();
    expect(two.store.state!.venueTotal()).toBe(0);
    expect(two.store.state!.registrations.size).toBe(0);
    expect(await two.store.db.relayed.count()).toBe(0);
  });

  test('is handed in again to a server that has forgotten it', async () => {
    const { ticketText } = await walkIn(one);
    await scan(one, ticketText);
    await handOver(one, two);
    online(two);
    await two.sync();
    const { db } = world.installation;
    await db.updateTable('installation').set({ database_id: crypto.randomUUID() }).execute();
    await db.deleteFrom('tickets').where('event_id', '=', eventId).execute();
    await db.deleteFrom('registrations').where('event_id', '=', eventId).execute();
    await two.sync();
    const names = await db
      .selectFrom('registrations')
      .select('name')
      .where('event_id', '=', eventId)
      .execute();
    expect(names).toEqual([{ name: 'Ada Beispiel' }]);
  });

  test('of somebody whom the office has erased is nowhere any more', async () => {
    const { ticketText, registrationId } = await walkIn(one);
    await scan(one, ticketText);
    await handOver(one, two);
    online(two);
    await two.sync();
    const { db } = world.installation;
    const change = await db
      .updateTable('events')
      .set((eb) => ({ change: eb('change', '+', 1) }))
      .where('id', '=', eventId)
      .returning('change')
      .executeTakeFirstOrThrow();
    await db
      .updateTable('registrations')
      .set({ name: '', name_key: '', erased_at: now, ...change })
      .where('id', '=', registrationId)
      .execute();
    await two.sync();
    expect(await two.everythingOnDisk({ opened: true })).not.toContain('Ada');
    expect(await bookOf(two).beyond({ scans: {}, walkIns: [] })).toMatchObject([{ scan: {} }]);
  });

  test('stays out of the way of the door: a full disk refuses it, and nothing counts', async () => {
    await registerByOffice(world.installation, eventId, {
      ...{ submissionId: 'x', name: 'Bo Beispiel', email: null, workgroupId: 'w3' as WorkgroupId },
      ...{ locale: 'de', origin: 'office', state: 'confirmed', consented: true },
    });
    const { ticketText } = await walkIn(one);
    await scan(one, ticketText);
    const given = await bookOf(one).beyond({ scans: {}, walkIns: [] });
    two.store.db.relayed.hook('creating', () => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    await expect(bookOf(two).take(given, 'pictures')).rejects.toThrow();
    expect(two.store.state!.venueTotal()).toBe(0);
    expect(await scan(two, ticketText)).toBe('admitted');
  });
});
