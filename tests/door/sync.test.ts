import fc from 'fast-check';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { addMillis, MINUTE, SECOND, type Millis } from '../../src/lib/domain/time.ts';
import { SyncResponseSchema } from '../../src/lib/domain/wire.ts';
import { syncOnce } from '../../src/lib/door/sync.ts';
import { berlinTime } from '../../src/lib/server/berlin-time.ts';
import { lockDevice, revokeDevice } from '../../src/lib/server/devices.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { setRegistrationState } from '../../src/lib/server/places.ts';
import { findTicketPage, registerByOffice } from '../../src/lib/server/registrations.ts';
import { eraseOwnRegistration } from '../../src/lib/server/self-service.ts';
import { dialogueEvening } from '../support/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';
import { PIN, Tablet, type Network } from '../support/tablet.ts';
import { DISK_FAILURES, failNext } from './failing-disk.ts';

/** What the door promises about its network: whatever that does, each scan that was shown is in the log once. */

const REPORT = { version: 'test', battery: null };
const well: Network = (deliver) => deliver();

let world: TestInstallation;
let now: Millis = berlinTime(2022, 11, 18, 15, 40);
beforeAll(async () => {
  world = await testInstallation(() => now);
});
afterAll(() => world.dispose());

let events = 0;
let eventId: EventId;
let tablet: Tablet;
let shown: string[];
beforeEach(async () => {
  now = berlinTime(2022, 11, 18, 15, 40);
  eventId = await createEvent(world.installation, dialogueEvening(`event-${(events += 1)}`));
  tablet = await pairedTablet('tab1');
  shown = [];
});
afterEach(() => tablet.store.close());

async function pairedTablet(name: string): Promise<Tablet> {
  const paired = new Tablet(name, world.installation);
  await paired.start();
  await paired.pair(world.installation, eventId);
  await paired.sync();
  return paired;
}

async function register(name: string): Promise<{ id: RegistrationId; text: string }> {
  const id = await registerByOffice(world.installation, eventId, {
    submissionId: crypto.randomUUID(),
    name,
    email: null,
    workgroupId: 'w1' as WorkgroupId,
    locale: 'de',
    origin: 'office',
    state: 'confirmed',
    consented: true,
  });
  return { id, text: (await findTicketPage(world.installation.db, id))!.ticketText };
}

/** A new guest comes in. */
async function admit(): Promise<void> {
  const { text } = await register('Gast');
  const outcome = await tablet.scan(text, 'hall-door');
  if (outcome.kind !== 'shown') throw new Error(outcome.kind);
  expect(outcome.verdict.word).toBe('admitted');
  shown.push(outcome.scan.id);
}

/** The ids in the server's log, in the order of the tablet's count. */
async function log(): Promise<string[]> {
  const rows = await world.installation.db
    .selectFrom('scans')
    .select(['id', 'device_seq'])
    .where('event_id', '=', eventId)
    .orderBy('device_seq')
    .execute();
  expect(rows.map((row) => row.device_seq)).toEqual(rows.map((_, i) => i + 1));
  return rows.map((row) => row.id);
}

async function anomalies(): Promise<number> {
  const rows = world.installation.db.selectFrom('anomalies').select('reason').where('event_id', '=', eventId);
  return (await rows.execute()).length;
}

const json = (status: number, body: unknown) => Response.json(body, { status });

/** What may become of a request. */
const FAULTS: Record<string, Network> = {
  'the request is lost': () => Promise.reject(new TypeError('fetch failed')),
  'the answer is lost': async (deliver) => {
    await deliver();
    throw new TypeError('fetch failed');
  },
  'the request arrives twice': async (deliver) => {
    await deliver();
    return deliver();
  },
  'the request arrives twice at once': async (deliver) => (await Promise.all([deliver(), deliver()]))[0],
  'the server answers 500': async () => json(500, { message: 'Internal Error', reference: 'abcd1234' }),
  'the server answers 500 after all was stored': async (deliver) => {
    await deliver();
    return json(500, { message: 'Internal Error' });
  },
  'a gateway answers 502 with a page': async () => new Response('<h1>Bad Gateway</h1>', { status: 502 }),
  'the server answers 400': async () => json(400, { code: 'malformed', message: 'body: expected Object' }),
  'the server answers 401': async () =>
    json(401, { code: 'not_paired', message: 'This tablet is not paired.' }),
  'the server answers 413': async () => json(413, { code: 'too_large', message: 'The body is larger.' }),
  'the server answers 429': async () => json(429, {}),
  'garbage comes': async () => new Response('\0\x01\x02'),
  'nothing comes, with status 200': async () => new Response(null),
  'JSON comes that is no answer': async () => json(200, { acknowledged: 'everything' }),
  'half an answer comes': async (deliver) => {
    const text = await (await deliver()).text();
    return new Response(text.slice(0, text.length / 2));
  },
  'an answer comes whose news nobody understands': async (deliver) => {
    const answer = (await (await deliver()).json()) as object;
    return json(200, { ...answer, changes: [{ kind: 'registration', registration: {} }] });
  },
  'a log-in page of the Wi-Fi comes': async () =>
    new Response('<!doctype html><title>Welcome</title>', { headers: { 'content-type': 'text/html' } }),
  'the connection breaks in the middle of an answer': async (deliver) => {
    const { body } = await deliver();
    const broken = body!.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          controller.enqueue(chunk.slice(0, 20));
          controller.error(new TypeError('terminated'));
        },
      }),
    );
    return new Response(broken);
  },
};

describe.each(Object.entries(FAULTS))('when %s', (_, fault) => {
  test('every scan that was shown is in the log once in the end', async () => {
    await admit();
    await admit();
    tablet.network = fault;
    const first = await tablet.sync();
    // What is neither confirmed nor in the log must still wait.
    const waiting = (await tablet.store.outbox()).scans.map(({ id }) => id);
    expect([...new Set([...waiting, ...(await log())])].sort()).toEqual([...shown].sort());
    if (first.kind !== 'done') expect(waiting).toEqual(shown);

    await admit();
    await tablet.crash();
    await tablet.sync();
    await admit();
    tablet.network = well;
    expect(await tablet.sync()).toEqual({ kind: 'done' });
    expect(await log()).toEqual(shown);
    expect(await anomalies()).toBe(0);
    expect(tablet.store.waiting).toBe(0);
    expect(tablet.store.state!.venueTotal()).toBe(4);
    expect((await world.installation.states.read(eventId)).venueTotal()).toBe(4);
  });
});

test.each<[string, string, object]>([
  ['no network', 'the request is lost', { kind: 'no_network' }],
  ['no network', 'a log-in page of the Wi-Fi comes', { kind: 'no_network' }],
  ['no network', 'half an answer comes', { kind: 'no_network' }],
  ['a refusal', 'the server answers 401', { kind: 'refused', status: 401, code: 'not_paired' }],
  ['a refusal', 'the server answers 500', { kind: 'refused', status: 500, code: 'unknown' }],
])('the tablet sees %s when %s', async (_, fault, result) => {
  tablet.network = FAULTS[fault]!;
  expect(await tablet.sync()).toEqual(result);
});

test('every scan that was shown is in the log once, whatever network and disk do and in whatever order', async () => {
  const network = fc.constantFrom(...Object.keys(FAULTS), 'all is well');
  const step = fc.oneof(
    fc.constant({ kind: 'admit' as const }),
    fc.constant({ kind: 'crash' as const }),
    fc.constantFrom(...Object.keys(DISK_FAILURES)).map((name) => ({ kind: 'disk' as const, name })),
    network.map((name) => ({ kind: 'sync while locked' as const, name })),
    network.map((name) => ({ kind: 'sync' as const, name })),
    fc.tuple(network, network).map((names) => ({ kind: 'two syncs at once' as const, names })),
  );
  const networkOf = (name: string) => FAULTS[name] ?? well;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 18, size: 'max' }), async (steps) => {
      tablet.store.close();
      eventId = await createEvent(world.installation, dialogueEvening(`event-${(events += 1)}`));
      tablet = await pairedTablet('tab1');
      shown = [];
      for (const one of steps) {
        now = addMillis(now, SECOND);
        if (one.kind === 'admit') await admit();
        if (one.kind === 'crash') await tablet.crash();
        if (one.kind === 'disk') {
          failNext('scans', 'add', DISK_FAILURES[one.name]!);
          const { text } = await register('Gast');
          expect(await tablet.scan(text, 'hall-door')).toEqual({ kind: 'not_stored' });
        }
        if (one.kind === 'sync while locked') {
          tablet.network = networkOf(one.name);
          tablet.store.lock();
          await tablet.sync();
          await tablet.lock.unlock(PIN);
        }
        if (one.kind === 'sync') {
          tablet.network = networkOf(one.name);
          await tablet.sync();
        }
        if (one.kind === 'two syncs at once') {
          const names = [...one.names];
          tablet.network = (deliver) => networkOf(names.shift() ?? 'all is well')(deliver);
          await Promise.all([tablet.sync(), tablet.sync()]);
        }
      }
      tablet.network = well;
      await tablet.sync();
      expect(await log()).toEqual(shown);
      expect(await anomalies()).toBe(0);
      expect(tablet.store.waiting).toBe(0);
      const office = await world.installation.states.read(eventId);
      expect([tablet.store.state!.venueTotal(), office.venueTotal()]).toEqual([shown.length, shown.length]);
    }),
    { numRuns: 40 },
  );
}, 30_000);

describe('two round trips at once', () => {
  /** Holds the answers of the next round trips until they are let go. */
  function hold() {
    const held: (() => void)[] = [];
    tablet.network = async (deliver) => {
      const answer = await deliver();
      await new Promise<void>((release) => held.push(release));
      return answer;
    };
    const arrived = async (count: number) => {
      while (held.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    return { held, arrived };
  }
  const roundTrip = () => syncOnce(tablet.store, tablet.transport, REPORT);

  test.each([
    ['in their order', [0, 1]],
    ['the later one first', [1, 0]],
  ])('whose answers come %s, leave nothing out and forget no news', async (_, order) => {
    const guest = await register('Ayşe');
    await admit();
    const { held, arrived } = hold();
    const first = roundTrip();
    await arrived(1);
    await setRegistrationState(world.installation, eventId, guest.id, 'cancelled');
    await admit();
    const second = roundTrip();
    await arrived(2);
    for (const i of order) {
      held[i]!();
      await [first, second][i];
    }
    // What the later answer has told is not unlearnt from the earlier one.
    if (order[0] === 1) {
      expect(tablet.store.state!.registrations.get(guest.id)).toMatchObject({ state: 'cancelled' });
    }
    await tablet.crash();
    tablet.network = well;
    await tablet.sync();
    expect(tablet.store.state!.registrations.get(guest.id)).toMatchObject({ state: 'cancelled' });
    expect(await log()).toEqual(shown);
    expect([tablet.store.waiting, tablet.store.state!.venueTotal()]).toEqual([0, 2]);
  });

  test('do not bring back to a wiped tablet what it has forgotten', async () => {
    await register('Ayşe');
    const { held, arrived } = hold();
    const before = roundTrip();
    await arrived(1);
    await revokeDevice(world.installation, eventId, tablet.store.identity!.deviceId);
    const after = roundTrip();
    await arrived(2);
    held[1]!();
    expect(await after).toEqual({ kind: 'wiped' });
    held[0]!();
    await before;
    expect([tablet.store.identity, tablet.store.state]).toEqual([null, null]);
    const disk = tablet.disk();
    expect(await disk.pages.count()).toBe(0);
    disk.close();
    expect(await tablet.sync()).toEqual({ kind: 'not_paired' });
  });

  test('do not make the door wait', async () => {
    const { held, arrived } = hold();
    const syncing = tablet.sync();
    await arrived(1);
    await admit();
    expect(tablet.store.state!.venueTotal()).toBe(1);
    tablet.network = well;
    held[0]!();
    await syncing;
    expect(await log()).toEqual(shown);
  });
});

describe('a full sync', () => {
  test('goes on until nothing waits, also when one upload does not hold it all', async () => {
    const { text } = await register('Ayşe');
    for (let i = 0; i < 401; i++) {
      const outcome = await tablet.scan(text, 'hall-door');
      if (outcome.kind === 'shown') shown.push(outcome.scan.id);
    }
    expect(await tablet.sync()).toEqual({ kind: 'done' });
    expect(await log()).toEqual(shown);
    expect(shown).toHaveLength(401);
  });

  test('fetches every page of the news', async () => {
    const other = await pairedTablet('tab2');
    const { text } = await register('Ayşe');
    const outcome = await other.scan(text, 'hall-door');
    if (outcome.kind !== 'shown') throw new Error(outcome.kind);
    // Written straight into the log: two thousand scans by hand would take a minute.
    const rows = Array.from({ length: 2_050 }, (_, i) => ({
      ...outcome.scan,
      id: crypto.randomUUID(),
      deviceSeq: i + 2,
    }));
    for (let i = 0; i < rows.length; i += 50) {
      await other.transport.sync(other.store.identity!.token!, {
        cursor: null,
        scans: rows.slice(i, i + 50),
        walkIns: [],
        status: { waiting: 0, clockOffset: 0, ...REPORT },
      });
    }
    const requests: unknown[] = [];
    tablet.network = (deliver) => (requests.push(0), deliver());
    expect(await tablet.sync()).toEqual({ kind: 'done' });
    expect(tablet.store.state!.scansOf(tablet.store.state!.holderOf(outcome.scan.ticketId!))).toHaveLength(
      2_050,
    );
    expect(requests).toHaveLength(2);
    other.store.close();
  }, 20_000);

  test('ends when a confirmation never comes', async () => {
    await admit();
    let requests = 0;
    tablet.network = async (deliver) => {
      requests += 1;
      const answer = (await (await deliver()).json()) as object;
      return json(200, { ...answer, acknowledged: [] });
    };
    expect(await tablet.sync()).toEqual({ kind: 'more', stuck: true });
    expect(requests).toBe(1);
    expect(tablet.store.waiting).toBe(1);
  });

  test("learns how far the tablet's clock is off, and the tablet decides by the server's", async () => {
    tablet.clockOffset = -50 * MINUTE;
    await tablet.sync();
    expect(tablet.store.progress.clockOffset).toBe(50 * MINUTE);
    expect(tablet.store.now()).toBe(now);
    await admit();
    await tablet.crash();
    expect(tablet.store.now()).toBe(now);
  });

  test('takes the middle of the round trip for the moment at which the server looked at its clock', async () => {
    tablet.network = async (deliver) => {
      now = addMillis(now, 3 * SECOND);
      const answer = await deliver();
      now = addMillis(now, 5 * SECOND);
      return answer;
    };
    await tablet.sync();
    expect(tablet.store.progress.clockOffset).toBe(-SECOND);
  });
});

describe('a revoked tablet', () => {
  test('wipes itself only once everything was handed in', async () => {
    await admit();
    await admit();
    await revokeDevice(world.installation, eventId, tablet.store.identity!.deviceId);
    for (const fault of ['the request is lost', 'the answer is lost', 'the server answers 401']) {
      tablet.network = FAULTS[fault]!;
      await tablet.sync();
      expect((await tablet.store.outbox()).scans.map(({ id }) => id)).toEqual(shown);
      expect(tablet.store.identity).not.toBe(null);
    }
    tablet.network = well;
    expect(await tablet.sync()).toEqual({ kind: 'wiped' });
    expect(tablet.store.identity).toBe(null);
    expect(await log()).toEqual(shown);
  });

  test('does not wipe itself when it scans again on the way', async () => {
    await revokeDevice(world.installation, eventId, tablet.store.identity!.deviceId);
    tablet.network = async (deliver) => {
      const answer = await deliver();
      if (shown.length === 0) await admit();
      return answer;
    };
    expect(await tablet.sync()).toEqual({ kind: 'wiped' });
    // Later than the revocation, or at the same moment: in the log or aside, but kept.
    expect((await log()).length + (await anomalies())).toBe(1);
  });
});

describe('a tablet that the office wants locked', () => {
  const lock = () => lockDevice(world.installation, eventId, tablet.store.identity!.deviceId);

  test('is told so once what it had scanned is in the log, and hands in the rest while it is locked', async () => {
    await admit();
    await lock();
    tablet.network = async (deliver) => {
      const answer = await deliver();
      if (shown.length === 1) await admit();
      return answer;
    };
    expect(await tablet.sync()).toEqual({ kind: 'lock' });
    expect(await log()).toEqual(shown.slice(0, 1));
    tablet.store.lock();
    expect(await tablet.sync()).toEqual({ kind: 'done' });
    expect(await log()).toEqual(shown);
  });

  test('is opened by its PIN, and stays open', async () => {
    await lock();
    await tablet.sync();
    tablet.store.lock();
    await tablet.sync();
    expect(await tablet.lock.unlock(PIN)).toEqual({ kind: 'unlocked' });
    expect(await tablet.sync()).toEqual({ kind: 'done' });
    expect(tablet.store.isOpen).toBe(true);
  });

  test('is told again when the answer is lost', async () => {
    await lock();
    tablet.network = FAULTS['the answer is lost']!;
    await tablet.sync();
    tablet.network = well;
    expect(await tablet.sync()).toEqual({ kind: 'lock' });
  });

  test('and wants revoked as well, wipes itself', async () => {
    await lock();
    await revokeDevice(world.installation, eventId, tablet.store.identity!.deviceId);
    expect(await tablet.sync()).toEqual({ kind: 'wiped' });
  });
});

test('an app that has never heard of locking goes on as before', () => {
  const OlderSchema = v.omit(SyncResponseSchema, ['lock']);
  const answer = { acknowledged: [], changes: [], cursor: 'db1.1', more: false, serverTime: now, lock: true };
  expect(v.safeParse(OlderSchema, answer).success).toBe(true);
});

describe('a database that was restored', () => {
  test('gets every scan again, also what the old one had confirmed', async () => {
    await admit();
    await tablet.sync();
    const { db } = world.installation;
    await db.deleteFrom('scans').where('event_id', '=', eventId).execute();
    await db.updateTable('installation').set({ database_id: crypto.randomUUID() }).execute();
    await admit();
    expect(await tablet.sync()).toEqual({ kind: 'done' });
    expect(await log()).toEqual(shown);
    expect(tablet.store.state!.venueTotal()).toBe(2);
  });
});

describe('whoever has everything about them erased', () => {
  const disk = () => tablet.everythingOnDisk({ opened: true });

  test('is forgotten by the tablet with its next sync, and is still turned away', async () => {
    const guest = await register('Ayşe');
    await register('Olga');
    await tablet.sync();
    expect(await disk()).toContain('Ayşe');
    await eraseOwnRegistration(world.installation, eventId, guest.id);
    await tablet.sync();
    expect(await disk()).not.toContain('Ayşe');
    expect(await disk()).toContain('Olga');
    await tablet.crash();
    expect(await tablet.scan(guest.text, 'hall-door')).toMatchObject({ verdict: { word: 'cancelled' } });
  });

  test('is forgotten by the tablet that has let them in as a walk-in, too', async () => {
    const walkIn = (await tablet.door.walkIn('Ayşe', 'w5' as WorkgroupId))!;
    await tablet.sync();
    await eraseOwnRegistration(world.installation, eventId, walkIn.registrationId);
    expect(await disk()).toContain('Ayşe');
    await tablet.sync();
    expect(await disk()).not.toContain('Ayşe');
  });
});
