import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventState } from '../../src/lib/domain/event-state.ts';
import type { HolderId, PayloadHash, RegistrationId, RoomId, TicketId } from '../../src/lib/domain/ids.ts';
import type { Registration } from '../../src/lib/domain/registration.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import type { EventSetting } from '../../src/lib/domain/setting.ts';
import { DAY, MINUTE } from '../../src/lib/domain/time.ts';
import type { Change } from '../../src/lib/domain/wire.ts';
import {
  aRegistration,
  aSetting,
  at,
  BY_STAFF,
  checkpointId,
  deviceId,
  payloadHash,
  registrationId,
  roomId,
  scanId,
  ticketId,
} from './support.ts';

/**
 * The law that every headcount stands on: what is known depends on the set of scans and on the newest news, and on
 * nothing else.
 */

const TICKETS = ['A', 'A2', 'A3', 'B', 'B2', 'C', 'X'];
const NAPKIN = payloadHash('napkin');
const ROOMS = ['hall', 'w1', 'w2'];
const DEVICES = ['tab1', 'tab2', 'tab3'];
/** One door is unknown to the first setting, and one to every setting. */
const DOORS = ['hall-door', 'w1-door', 'w2-door', 'w3-door', 'cellar-door'];
const HOLDERS: HolderId[] = [
  ...['A', 'B', 'C'].map(registrationId),
  ...TICKETS.map((name) => ticketId(name)),
  NAPKIN,
];

const reentry = fc.constantFrom('after_exit' as const, 'never' as const, 'always' as const);
const anySetting = fc.record({ hall: reentry, w1: reentry, w2: reentry }).map(({ hall, w1, w2 }) =>
  aSetting({
    checkpoints: { 'hall-door': { reentry: hall }, 'w1-door': { reentry: w1 }, 'w2-door': { reentry: w2 } },
  }),
);

const withoutDoor = (setting: EventSetting): EventSetting => ({
  ...setting,
  checkpoints: setting.checkpoints.filter(({ id }) => id !== 'w3-door'),
});

const anySecond = fc.integer({ min: 0, max: 40 });
const timeOf = (second: number) => at(`15:40:${second}`);

const anyState = fc.record({
  state: fc.constantFrom(
    'confirmed' as const,
    'confirmed' as const,
    'waitlisted' as const,
    'cancelled' as const,
  ),
  stateSince: anySecond.map(timeOf),
});

/** The news of one registration in their order: of each ticket in turn, and perhaps of its end. */
function anyNewsOf(name: string, tickets: string[]): fc.Arbitrary<Change[]> {
  return fc
    .record({
      versions: fc.array(anyState, { minLength: 1, maxLength: tickets.length }),
      reissuedAt: fc.array(anySecond.map(timeOf), { minLength: 2, maxLength: 2 }),
      removed: fc.integer({ max: 9, min: 0 }).map((dice) => dice === 0),
    })
    .map(({ versions, reissuedAt, removed }): Change[] => [
      ...versions.map((state, i): Change => ({
        kind: 'registration',
        registration: aRegistration(name, {
          ...state,
          ticketId: ticketId(tickets[i]!),
          formerTickets: tickets
            .slice(0, i)
            .map((former, j) => ({ ticketId: ticketId(former), revokedAt: reissuedAt[j]! })),
        }),
      })),
      ...(removed ? [{ kind: 'registration_removed' as const, registrationId: registrationId(name) }] : []),
    ]);
}

const anyReading = fc.record({
  device: fc.constantFrom(...DEVICES),
  shown: fc.constantFrom<TicketId | PayloadHash>(
    ...TICKETS.map((name) => ticketId(name)),
    ticketId('A'),
    NAPKIN,
  ),
  door: fc.constantFrom(...DOORS, 'hall-door', 'hall-door'),
  direction: fc.constantFrom('entry' as const, 'entry' as const, 'exit' as const),
  second: anySecond,
  clockOffset: fc.constantFrom(0, 0, 1_000, -3_000, 10 * MINUTE, 3 * DAY, -3 * DAY),
  verdict: fc.constantFrom(
    'favourable' as const,
    'favourable' as const,
    'already_inside' as const,
    'revoked' as const,
  ),
  override: fc.boolean(),
  /** Takes back the scan so many before it, whoever made that one. */
  undoes: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 4 }),
  sameDevice: fc.boolean(),
});

/** A log of several devices, each with its own gapless count; clocks jump as they like. */
const anyLog = fc.array(anyReading, { maxLength: 25, size: 'max' }).map((readings) => {
  const counts = new Map<string, number>();
  const log: Scan[] = [];
  for (const [i, reading] of readings.entries()) {
    const target = reading.undoes === null ? undefined : log.at(-reading.undoes);
    const device = target && reading.sameDevice ? target.deviceId : deviceId(reading.device);
    const subject = target && reading.sameDevice ? (target.ticketId ?? target.payloadHash!) : reading.shown;
    const seq = (counts.get(device) ?? 0) + 1;
    counts.set(device, seq);
    log.push({
      id: scanId(String(i)),
      deviceId: device,
      deviceSeq: seq,
      ticketId: subject === NAPKIN ? null : (subject as TicketId),
      payloadHash: subject === NAPKIN ? NAPKIN : null,
      checkpointId: checkpointId(reading.door),
      direction: reading.direction,
      deviceTime: timeOf(reading.second),
      clockOffset: reading.clockOffset,
      rosterCursor: null,
      byHand: null,
      verdictShown:
        reading.verdict === 'favourable'
          ? reading.direction === 'entry'
            ? 'admitted'
            : 'left'
          : reading.verdict,
      override: reading.override ? BY_STAFF : null,
      undoes: target?.id ?? null,
    });
  }
  return log;
});

interface World {
  first: EventSetting;
  setting: EventSetting;
  /** What isn't a scan, in the order of the feed. */
  news: Change[];
  log: Scan[];
}

const anyWorld: fc.Arbitrary<World> = fc
  .record({
    first: anySetting.map(withoutDoor),
    setting: anySetting,
    ofA: anyNewsOf('A', ['A', 'A2', 'A3']),
    ofB: anyNewsOf('B', ['B', 'B2']),
    ofC: anyNewsOf('C', ['C']),
    log: anyLog,
  })
  .map(({ first, setting, ofA, ofB, ofC, log }) => ({
    first,
    setting,
    log,
    news: [...ofB, { kind: 'setting', setting }, ...ofA, ...ofC],
  }));

/** One way in which everything may arrive: scans in any order and some of them again, between the news. */
function anyArrival({ news, log }: World): fc.Arbitrary<Change[]> {
  return fc.subarray(log).chain((again) => {
    const scans = [...log, ...again].map((scan): Change => ({ kind: 'scan', scan }));
    const slots: (Change | 'news')[] = [...scans, ...news.map(() => 'news' as const)];
    return fc.shuffledSubarray(slots, { minLength: slots.length }).map((order) => {
      let next = 0;
      return order.map((slot) => (slot === 'news' ? news[next++]! : slot));
    });
  });
}

function fold(first: EventSetting, changes: Change[]): EventState {
  const state = new EventState(first);
  for (const change of changes) state.apply(change);
  return state;
}

/** Everything that anybody reads of an event. */
function seen(state: EventState) {
  return {
    rooms: ROOMS.map((room) => state.headcount(roomId(room))),
    venue: state.venueTotal(),
    holders: HOLDERS.map((holder) => {
      const { place, since, entries, nearTie } = state.presenceOf(holder);
      return [place, since?.time, since?.scan.id, [...entries].map(([room, { id }]) => [room, id]), nearTie];
    }),
    conflicts: state
      .conflicts()
      .map(({ holder, registration, reasons, scans }) =>
        JSON.stringify([holder, registration?.state, reasons, scans.map(({ id }) => id)]),
      )
      .sort(),
  };
}

/**
 * Where everybody is, written down as plainly as it can be said and without the code under test: each person's scans
 * in the order of time, the last one counts.
 */
function naiveHeadcount({ news, log, setting }: World): Map<RoomId, number> {
  const newest = new Map<RegistrationId, Registration>();
  for (const change of news) {
    if (change.kind === 'registration') newest.set(change.registration.id, change.registration);
    if (change.kind === 'registration_removed') newest.delete(change.registrationId);
  }
  const person = (scan: Scan): string => {
    for (const { id, ticketId: current, formerTickets } of newest.values()) {
      if (current === scan.ticketId || formerTickets.some((former) => former.ticketId === scan.ticketId))
        return id;
    }
    return scan.ticketId ?? scan.payloadHash!;
  };
  const time = ({ deviceTime, clockOffset }: Scan) =>
    deviceTime + (clockOffset > DAY ? DAY : clockOffset < -DAY ? -DAY : clockOffset);
  const doors = new Map(setting.checkpoints.map(({ id, roomId: room }) => [id, room]));
  const takenBack = (scan: Scan) =>
    log.some(
      (undo) =>
        undo.undoes === scan.id &&
        undo.deviceId === scan.deviceId &&
        undo.ticketId === scan.ticketId &&
        undo.payloadHash === scan.payloadHash,
    );
  const moves = log
    .filter(({ undoes }) => undoes === null)
    .filter(({ verdictShown, override }) => override ?? ['admitted', 'left'].includes(verdictShown))
    .filter((scan) => doors.has(scan.checkpointId) && !takenBack(scan))
    .sort((a, b) =>
      time(a) !== time(b)
        ? time(a) - time(b)
        : a.deviceId !== b.deviceId
          ? a.deviceId.localeCompare(b.deviceId)
          : a.deviceSeq - b.deviceSeq,
    );
  const places = new Map<string, RoomId | null>();
  for (const scan of moves) {
    const room = doors.get(scan.checkpointId)!;
    const hall = roomId('hall');
    places.set(person(scan), scan.direction === 'entry' ? room : room === hall ? null : hall);
  }
  const counts = new Map<RoomId, number>();
  for (const place of places.values()) if (place) counts.set(place, (counts.get(place) ?? 0) + 1);
  return counts;
}

const RUNS = 1_500;
/** Far more than it takes, in milliseconds: the machine may have other things to do. */
const TIME = 20_000;

test(
  'everything is the same for every order of arrival, every repetition, and between any news',
  () => {
    const cases = anyWorld.chain((world) =>
      fc.record({ world: fc.constant(world), one: anyArrival(world), other: anyArrival(world) }),
    );
    fc.assert(
      fc.property(cases, ({ world, one, other }) => {
        const newsFirst = [...world.news, ...world.log.map((scan): Change => ({ kind: 'scan', scan }))];
        const expected = seen(fold(world.first, newsFirst));
        expect(seen(fold(world.first, one))).toEqual(expected);
        expect(seen(fold(world.first, other))).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  },
  TIME,
);

test(
  'the headcount is what a naive count gives, and the venue counts each person once',
  () => {
    const cases = anyWorld.chain((world) => anyArrival(world).map((arrival) => ({ world, arrival })));
    fc.assert(
      fc.property(cases, ({ world, arrival }) => {
        const state = fold(world.first, arrival);
        const naive = naiveHeadcount(world);
        for (const room of ['hall', 'w1', 'w2', 'w3'].map(roomId)) {
          expect(state.headcount(room)).toBe(naive.get(room) ?? 0);
        }
        expect(state.venueTotal()).toBe([...naive.values()].reduce((sum, count) => sum + count, 0));
      }),
      { numRuns: RUNS },
    );
  },
  TIME,
);

test(
  'it makes no difference into how many batches the log is split, and whether a batch comes twice',
  () => {
    const cases = anyWorld.chain((world) =>
      fc.record({
        world: fc.constant(world),
        arrival: anyArrival(world),
        cuts: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 5 }),
        twice: fc.integer({ min: 0, max: 5 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ world, arrival, cuts, twice }) => {
        const edges = [
          0,
          ...cuts.filter((cut) => cut < arrival.length).sort((a, b) => a - b),
          arrival.length,
        ];
        const batches = edges.slice(1).map((end, i) => arrival.slice(edges[i], end));
        // A batch of news that comes again is followed by what came after it, as a tablet reads on from its cursor.
        const again = batches.slice(twice).flat();
        const played = fold(world.first, [...batches.flat(), ...again]);
        expect(seen(played)).toEqual(seen(fold(world.first, arrival)));
      }),
      { numRuns: RUNS },
    );
  },
  TIME,
);
