import { forceCloseDatabase, IDBDatabase } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WorkgroupId } from '../../src/lib/domain/ids.ts';
import { NAME_LENGTH } from '../../src/lib/domain/wire.ts';
import type { ScanOutcome } from '../../src/lib/door/door.ts';
import { MAX_PAGES } from '../../src/lib/door/pages.ts';
import { aRegistration, aScan, at, deviceId, ticketId } from '../domain/support.ts';
import { DISK_FAILURES, failNext, hangAtNext } from './failing-disk.ts';
import { bytesOf, PlainTablet } from './support.ts';

let tablet: PlainTablet;
beforeEach(async () => {
  tablet = await PlainTablet.paired();
});
afterEach(() => {
  vi.restoreAllMocks();
  tablet.store.close();
});

const failures = Object.entries(DISK_FAILURES);
const w1 = 'w1' as WorkgroupId;

/** Lets so many turns of the event loop pass. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a scan that is shown', () => {
  test('is on disk, as it was shown, and waits to be sent', async () => {
    const outcome = await tablet.door.scan(await tablet.ticket('A'));
    const { scans } = await tablet.disk.read();
    expect(outcome).toMatchObject({ kind: 'shown', verdict: { word: 'admitted' } });
    expect(scans).toEqual([{ ...(outcome as { scan: object }).scan, waiting: 1 }]);
  });

  test('is shown only after its transaction is complete, and the transaction is a durable one', async () => {
    const happened: string[] = [];
    const begin = Reflect.get(IDBDatabase.prototype, 'transaction');
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...of) {
      const transaction = begin.apply(this, of);
      const [tables, mode, options] = of;
      if (mode === 'readwrite' && [...tables].includes('scans')) {
        happened.push(`begun, ${options?.durability}`);
        transaction.addEventListener('complete', () => happened.push('complete'));
      }
      return transaction;
    });
    await tablet.crash();
    await tablet.scan('A').then((word) => happened.push(word));
    expect(happened).toEqual(['begun, strict', 'complete', 'admitted']);
  });

  test('is counted at once, and after the app was killed', async () => {
    await tablet.scan('A');
    expect([tablet.headcount(), tablet.store.waiting]).toEqual([1, 1]);
    await tablet.crash();
    expect([tablet.headcount(), tablet.store.waiting]).toEqual([1, 1]);
    expect(await tablet.scan('A')).toBe('already_inside');
  });

  test('has a number without a gap, also after the app was killed', async () => {
    await tablet.scan('A');
    await tablet.scan('B');
    await tablet.crash();
    await tablet.scan('C');
    const { scans } = await tablet.store.outbox();
    expect(scans.map(({ deviceSeq }) => deviceSeq)).toEqual([1, 2, 3]);
  });

  test('is decided after the one before it, however fast they come', async () => {
    const text = await tablet.ticket('A');
    const outcomes = await Promise.all([
      tablet.door.scan(text),
      tablet.door.scan(text),
      tablet.door.scan(text),
    ]);
    const words = outcomes.map((outcome) => (outcome.kind === 'shown' ? outcome.verdict.word : outcome.kind));
    expect(words).toEqual(['admitted', 'already_inside', 'already_inside']);
  });
});

describe('what the disk takes only after the screen has refused it', () => {
  const LONGER_THAN_PATIENCE = 1_500;

  test('is taken back, when it is a scan', async () => {
    hangAtNext('scans', 'add', LONGER_THAN_PATIENCE);
    expect(await tablet.scan('A')).toBe('not_stored');
    await expect.poll(async () => (await tablet.disk.read()).scans.length, { timeout: 5_000 }).toBe(2);
    expect([tablet.headcount(), await tablet.scan('A')]).toEqual([0, 'admitted']);
    await tablet.crash();
    expect(tablet.headcount()).toBe(1);
  });

  test('counts, when it takes a scan back: the log holds it, and would say otherwise than the tablet', async () => {
    const shown = await tablet.door.scan(await tablet.ticket('A'));
    hangAtNext('scans', 'add', LONGER_THAN_PATIENCE);
    const { scan } = shown as Extract<ScanOutcome, { kind: 'shown' }>;
    expect(await tablet.door.undo(scan)).toEqual({ kind: 'not_stored' });
    expect(tablet.headcount()).toBe(1);
    await expect.poll(() => tablet.headcount(), { timeout: 5_000 }).toBe(0);
    expect(tablet.store.waiting).toBe(2);
    await tablet.crash();
    expect(tablet.headcount()).toBe(0);
  });
});

describe.each(failures)('when %s', (_, failure) => {
  test('nothing is shown, and nothing has changed', async () => {
    await tablet.scan('A');
    failNext('scans', 'add', failure);
    expect(await tablet.scan('B')).toBe('not_stored');
    expect([tablet.headcount(), tablet.store.waiting]).toEqual([1, 1]);
    expect((await tablet.store.outbox()).scans.map((scan) => scan.ticketId)).toEqual([ticketId('A')]);
    expect((await tablet.disk.read()).scans).toHaveLength(1);
  });

  test('the next scan is well again and takes the number', async () => {
    failNext('scans', 'add', failure);
    await tablet.scan('A');
    expect(await tablet.scan('A')).toBe('admitted');
    expect((await tablet.store.outbox()).scans.map(({ deviceSeq }) => deviceSeq)).toEqual([1]);
    await tablet.crash();
    expect(tablet.headcount()).toBe(1);
  });

  test('nothing is taken back', async () => {
    const shown = await tablet.door.scan(await tablet.ticket('A'));
    failNext('scans', 'add', failure);
    expect(await tablet.door.undo((shown as Extract<ScanOutcome, { kind: 'shown' }>).scan)).toEqual({
      kind: 'not_stored',
    });
    expect(tablet.headcount()).toBe(1);
  });

  test('nobody is registered at the door', async () => {
    failNext('walkIns', 'add', failure);
    await expect(tablet.door.walkIn('Ayşe', w1)).rejects.toThrow();
    expect([tablet.store.state!.registrations.size, tablet.store.waiting]).toEqual([0, 0]);
    expect((await tablet.disk.read()).walkIns).toEqual([]);
  });

  test.each([
    ['its news', 'pages', 'add'],
    ['the cursor', 'facts', 'put'],
  ] as const)("nothing of an answer is believed whose %s can't be stored", async (_what, table, write) => {
    await tablet.scan('A');
    const { id } = (await tablet.store.outbox()).scans[0]!;
    const answer = {
      acknowledged: [id],
      changes: [{ kind: 'registration' as const, registration: aRegistration('B') }],
      cursor: 'db1.2',
    };
    failNext(table, write, failure);
    await expect(tablet.hears(answer)).rejects.toThrow();
    for (const again of [false, true]) {
      if (again) await tablet.crash();
      expect(tablet.store.progress.cursor).toBe('db1.1');
      expect([tablet.store.state!.registrations.size, tablet.store.waiting]).toEqual([0, 1]);
    }
    await tablet.hears(answer);
    expect(tablet.store.progress.cursor).toBe('db1.2');
    expect([tablet.store.state!.registrations.size, tablet.store.waiting]).toEqual([1, 0]);
  });
});

test('an app that is killed at any moment has what it has shown, and its numbers have no gap', async () => {
  for (let moment = 0; moment < 24; moment++) {
    await tablet.store.setDuty(tablet.store.duty!);
    const shown: string[] = [];
    const names = [`a${moment}`, `b${moment}`, `c${moment}`];
    const scanning = names.map(async (name) => {
      const word = await tablet.scan(name);
      if (word === 'admitted') shown.push(ticketId(name));
    });
    await turns(moment);
    const shownBefore = [...shown];
    await tablet.crash();
    await Promise.allSettled(scanning);
    const { scans } = await tablet.disk.read();
    expect(scans.map((scan) => scan.ticketId)).toEqual(expect.arrayContaining(shownBefore));
    expect(scans.map(({ deviceSeq }) => deviceSeq)).toEqual(scans.map((_, i) => i + 1));
    expect(tablet.headcount()).toBe(scans.length);
  }
});

test('a database that the browser closes takes nothing along', async () => {
  await tablet.scan('A');
  const words: string[] = [];
  let closed = 0;
  for (let moment = 0; moment < 8; moment++) {
    const scanning = tablet.scan(`n${moment}`).then((word) => words.push(word));
    await turns(moment);
    // Null while the store is opening it anew after the close before.
    const connection = tablet.database.backendDB() as never;
    if (connection) {
      forceCloseDatabase(connection);
      closed += 1;
    }
    await scanning;
  }
  expect(closed).toBeGreaterThan(2);
  expect(await tablet.scan('A')).toBe('already_inside');
  const { scans } = await tablet.disk.read();
  const shown = 2 + words.filter((word) => word === 'admitted').length;
  expect(words.every((word) => word === 'admitted' || word === 'not_stored')).toBe(true);
  expect(scans.map(({ deviceSeq }) => deviceSeq)).toEqual(Array.from({ length: shown }, (_, i) => i + 1));
});

describe("the server's confirmation", () => {
  test('takes out of the outbox what it names by its id, and nothing else', async () => {
    for (const name of ['A', 'B', 'C']) await tablet.scan(name);
    const { scans } = await tablet.store.outbox();
    await tablet.hears({ acknowledged: [scans[1]!.id, 'something else', scans[1]!.id] });
    expect((await tablet.store.outbox()).scans).toEqual([scans[0], scans[2]]);
    expect(tablet.store.waiting).toBe(2);
    await tablet.crash();
    expect(tablet.store.waiting).toBe(2);
  });

  test('leaves the ticket used, also when the roster does not hold it and the app is killed', async () => {
    await tablet.scan('A');
    const [scan] = (await tablet.store.outbox()).scans;
    await tablet.hears({ acknowledged: [scan!.id] });
    expect(tablet.store.waiting).toBe(0);
    expect(await tablet.scan('A')).toBe('already_inside');
    await tablet.crash();
    expect(await tablet.scan('A')).toBe('already_inside');
    expect(tablet.headcount()).toBe(1);
  });

  test('says nothing of a scan that was made while it was on its way', async () => {
    await tablet.scan('A');
    const [first] = (await tablet.store.outbox()).scans;
    const [, word] = await Promise.all([tablet.hears({ acknowledged: [first!.id] }), tablet.scan('B')]);
    expect(word).toBe('admitted');
    expect(tablet.store.waiting).toBe(1);
    expect((await tablet.store.outbox()).scans).toMatchObject([{ ticketId: ticketId('B') }]);
  });
});

describe('an upload', () => {
  test('holds the oldest 200 scans and leaves the rest for the next', async () => {
    for (let seq = 1; seq <= 201; seq++) {
      await tablet.store.appendScan(aScan({ ticket: `n${seq}`, deviceSeq: seq }));
    }
    const { scans } = await tablet.store.outbox();
    expect(scans.map(({ deviceSeq }) => deviceSeq)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    await tablet.hears({ acknowledged: scans.map(({ id }) => id) });
    expect((await tablet.store.outbox()).scans).toMatchObject([{ deviceSeq: 201 }]);
  });

  test('says nothing of how the tablet keeps its scans', async () => {
    await tablet.scan('A');
    await tablet.door.walkIn('Ayşe', w1);
    const { scans, walkIns } = await tablet.store.outbox();
    for (const record of [...scans, ...walkIns]) expect(record).not.toHaveProperty('waiting');
  });
});

describe("the server's news", () => {
  const of = (name: string, values = {}) => ({
    kind: 'registration' as const,
    registration: aRegistration(name, values),
  });

  test('is known at once and after a restart, and the later news wins', async () => {
    await tablet.hears({ changes: [of('A'), of('B')], cursor: 'db1.3' });
    await tablet.hears({ changes: [of('A', { state: 'cancelled' })], cursor: 'db1.4' });
    for (const again of [false, true]) {
      if (again) await tablet.crash();
      expect(await tablet.scan('A')).toBe('cancelled');
      expect(tablet.store.state!.registrations.size).toBe(2);
      expect(tablet.store.progress.cursor).toBe('db1.4');
    }
  });

  test('of a kind that this app does not know yet is kept for its update, and spoils nothing else', async () => {
    const strange = { kind: 'weather', rain: true } as never;
    await tablet.hears({ changes: [strange, of('A')], cursor: 'db1.2' });
    await tablet.crash();
    expect(tablet.store.state?.registrations.size).toBe(1);
    expect(await tablet.newsOnDisk()).toContainEqual(strange);
  });

  test('brings the scans of other tablets', async () => {
    const elsewhere = aScan({ ticket: 'A', device: 'tab2', time: '15:30' });
    await tablet.hears({ changes: [{ kind: 'scan', scan: elsewhere }], cursor: 'db1.2' });
    expect(await tablet.scan('A')).toBe('already_inside');
    await tablet.crash();
    expect(await tablet.scan('A')).toBe('already_inside');
    expect((await tablet.store.outbox()).scans).toHaveLength(2);
  });

  test('is not believed when it answers what the tablet no longer asks', async () => {
    await tablet.hears({ changes: [of('A', { state: 'cancelled' })], cursor: 'db1.3' });
    const wire = {
      acknowledged: [],
      changes: [of('A')],
      cursor: 'db1.2',
      more: false,
      serverTime: tablet.now,
    };
    const stale = { deviceId: deviceId('tab1'), cursor: null };
    expect(await tablet.store.applySync(stale, wire as never, bytesOf(wire), 0)).toBe(false);
    expect(await tablet.scan('A')).toBe('cancelled');
    expect(tablet.store.progress.cursor).toBe('db1.3');
  });

  test("is not believed when it was another tablet's", async () => {
    const wire = {
      acknowledged: [],
      changes: [of('A')],
      cursor: 'db1.2',
      more: false,
      serverTime: tablet.now,
    };
    const others = { deviceId: deviceId('tab2'), cursor: tablet.store.progress.cursor };
    expect(await tablet.store.applySync(others, wire as never, bytesOf(wire), 0)).toBe(false);
    expect(tablet.store.state!.registrations.size).toBe(0);
  });

  test('is rewritten as few pages once there are many, and means the same', async () => {
    for (let i = 0; i <= MAX_PAGES; i++) {
      const values = { name: `Name ${i}`, state: i % 2 ? ('cancelled' as const) : ('confirmed' as const) };
      await tablet.hears({ changes: [of(`r${i % 5}`, values)], cursor: `db1.${i + 2}` });
    }
    const known = [...tablet.store.state!.registrations.values()];
    expect((await tablet.disk.read()).pages.length).toBeLessThan(5);
    await tablet.crash();
    const again = [...tablet.store.state!.registrations.values()];
    const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
    expect(again.sort(byId)).toEqual(known.sort(byId));
    expect(again).toHaveLength(5);
    expect(tablet.store.progress.cursor).toBe(`db1.${MAX_PAGES + 2}`);
  });

  test('makes a tablet ready once it has brought the setting', async () => {
    const text = await tablet.ticket('A');
    const fresh = new PlainTablet();
    await fresh.start();
    expect(await fresh.door.scan(text)).toEqual({ kind: 'not_ready' });
    fresh.store.close();
  });
});

describe('a reset', () => {
  const reset = () => ({
    reset: true,
    changes: [{ kind: 'setting' as const, setting: tablet.setting }],
    cursor: 'db2.1',
  });

  beforeEach(async () => {
    const elsewhere = aScan({ ticket: 'E', device: 'tab2', time: '15:30' });
    for (const name of ['A', 'B']) await tablet.scan(name);
    await tablet.door.walkIn('Ayşe', w1);
    const { scans, walkIns } = await tablet.store.outbox();
    await tablet.hears({
      acknowledged: [...scans.map(({ id }) => id), ...walkIns.map(({ registrationId }) => registrationId)],
      changes: [
        { kind: 'registration', registration: aRegistration('A') },
        { kind: 'scan', scan: elsewhere },
      ],
      cursor: 'db1.9',
    });
  });

  test('sends everything again that the tablet ever made, and loses nothing of it', async () => {
    expect(tablet.store.waiting).toBe(0);
    await tablet.hears(reset());
    const { scans, walkIns } = await tablet.store.outbox();
    expect(scans.map((scan) => scan.ticketId)).toEqual([ticketId('A'), ticketId('B')]);
    expect(walkIns).toMatchObject([{ name: 'Ayşe' }]);
    expect(tablet.store.waiting).toBe(3);
    expect(await tablet.scan('A')).toBe('already_inside');
    expect((await tablet.store.outbox()).scans.at(-1)!.deviceSeq).toBe(3);
  });

  test('forgets the feed: what the server said before, it says again', async () => {
    await tablet.hears(reset());
    for (const again of [false, true]) {
      if (again) await tablet.crash();
      expect([...tablet.store.state!.registrations.values()].map(({ name }) => name)).toEqual(['Ayşe']);
      expect(tablet.headcount()).toBe(2);
      expect(tablet.store.progress.cursor).toBe('db2.1');
    }
  });

  test('takes the confirmations that came with it', async () => {
    const { scans } = await tablet.disk.read();
    await tablet.hears({ ...reset(), acknowledged: [scans[0]!.id] });
    expect((await tablet.store.outbox()).scans).toMatchObject([{ ticketId: ticketId('B') }]);
    expect(tablet.store.waiting).toBe(2);
  });

  test('does not make the door wait, and forgets no scan that is made meanwhile', async () => {
    const words: string[] = [];
    const names = Array.from({ length: 12 }, (_, i) => `n${i}`);
    const scanning = (async () => {
      for (const name of names) words.push(await tablet.scan(name));
    })();
    for (let i = 0; i < 4; i++) {
      await turns(3);
      await tablet.hears({ ...reset(), cursor: `db${i}.1` });
    }
    await scanning;
    expect(words).toEqual(names.map(() => 'admitted'));
    expect(tablet.headcount()).toBe(2 + names.length);
    expect(tablet.store.waiting).toBe(3 + names.length);
    for (const name of names) expect(await tablet.scan(name)).toBe('already_inside');
  });
});

describe('somebody who registers at the door', () => {
  test('is in the roster at once, waits to be sent, and is still there after the app was killed', async () => {
    const walkIn = (await tablet.door.walkIn('  Ayşe Yılmaz ', w1))!;
    for (const again of [false, true]) {
      if (again) await tablet.crash();
      const registration = tablet.store.state!.registrations.get(walkIn.registrationId);
      expect(registration).toMatchObject({ name: 'Ayşe Yılmaz', workgroupId: w1, state: 'confirmed' });
      expect((await tablet.store.outbox()).walkIns).toEqual([walkIn]);
      expect(tablet.store.waiting).toBe(1);
    }
  });

  test('is whom the server says they are, once it says something', async () => {
    const { registrationId: id, ticketId: ticket } = (await tablet.door.walkIn('Ayse', w1))!;
    const registration = aRegistration('x', { id, ticketId: ticket, name: 'Ayşe', state: 'cancelled' });
    await tablet.hears({ acknowledged: [id], changes: [{ kind: 'registration', registration }] });
    for (const again of [false, true]) {
      if (again) await tablet.crash();
      expect(tablet.store.state!.registrations.get(id)).toEqual(registration);
    }
  });

  test('is forgotten when the server says so', async () => {
    const { registrationId: id } = (await tablet.door.walkIn('Ayşe', w1))!;
    await tablet.hears({
      acknowledged: [id],
      changes: [{ kind: 'registration_removed', registrationId: id }],
    });
    for (const again of [false, true]) {
      if (again) await tablet.crash();
      expect(tablet.store.state!.registrations.has(id)).toBe(false);
    }
  });

  test('has a name that the server takes', async () => {
    expect(await tablet.door.walkIn(' \t ', w1)).toBe(null);
    expect((await tablet.door.walkIn('x'.repeat(500), w1))!.name).toHaveLength(NAME_LENGTH);
    expect(tablet.store.waiting).toBe(1);
  });

  test('joins a workgroup that there is', async () => {
    expect(await tablet.door.walkIn('Ayşe', 'w99' as WorkgroupId)).toBe(null);
  });
});

describe("the staff's word against the verdict", () => {
  test('is cut to what the server takes, so that it counts there', async () => {
    tablet.now = at('14:00');
    const shown = await tablet.door.scan(await tablet.ticket('A'));
    expect(shown).toMatchObject({ kind: 'shown', verdict: { word: 'too_early' } });
    await tablet.door.override(
      shown as Extract<ScanOutcome, { kind: 'shown' }>,
      'K'.repeat(300),
      'w'.repeat(300),
    );
    const { scans } = await tablet.store.outbox();
    expect(scans.at(-1)!.override).toEqual({ by: 'K'.repeat(200), why: 'w'.repeat(200) });
    expect(tablet.headcount()).toBe(1);
  });
});

describe('a wipe', () => {
  const somethingLeft = async () => {
    const { scans, walkIns, pages, facts } = await tablet.disk.read();
    return scans.length + walkIns.length + pages.length + facts.length > 0;
  };

  test('leaves nothing, here or on disk', async () => {
    await tablet.scan('A');
    await tablet.hears({ acknowledged: (await tablet.store.outbox()).scans.map(({ id }) => id) });
    expect(await tablet.store.wipe()).toBe(true);
    expect(await somethingLeft()).toBe(false);
    const { identity, duty, state, waiting, progress } = tablet.store;
    expect([identity, duty, state, waiting, progress.cursor]).toEqual([null, null, null, 0, null]);
    expect(await tablet.scan('A')).toBe('not_ready');
  });

  test.each([
    ['a scan', () => tablet.scan('A')],
    ['a walk-in', () => tablet.door.walkIn('Ayşe', w1)],
  ])('is not done while %s waits', async (_, make) => {
    await make();
    expect(await tablet.store.wipe()).toBe(false);
    expect(tablet.store.identity).not.toBe(null);
    expect(tablet.store.waiting).toBe(1);
    await tablet.crash();
    expect(tablet.store.waiting).toBe(1);
  });

  test('loses no scan that is shown at the same moment', async () => {
    for (let moment = 0; moment < 12; moment++) {
      const one = await PlainTablet.paired();
      const scanning = one.scan('A');
      await turns(moment);
      const wiped = await one.store.wipe();
      const word = await scanning;
      const { scans } = await one.disk.read();
      expect([word, wiped, scans.length]).toEqual(
        wiped ? [expect.stringMatching(/^not_/), true, 0] : ['admitted', false, 1],
      );
      one.store.close();
    }
  });

  test('is not undone by an answer that was on its way', async () => {
    const basis = { deviceId: deviceId('tab1'), cursor: tablet.store.progress.cursor };
    const changes = [{ kind: 'setting' as const, setting: tablet.setting }];
    const wire = { acknowledged: [], changes, cursor: 'db1.2', more: false, serverTime: tablet.now };
    await tablet.store.wipe();
    expect(await tablet.store.applySync(basis, wire as never, bytesOf(wire), 0)).toBe(false);
    expect(await tablet.store.applySync({ ...basis, cursor: null }, wire as never, bytesOf(wire), 0)).toBe(
      false,
    );
    expect(await somethingLeft()).toBe(false);
  });
});
