import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Decision } from '../../src/lib/domain/decision.ts';
import type { EventState } from '../../src/lib/domain/event-state.ts';
import { personsOf } from '../../src/lib/domain/history.ts';
import type { RegistrationId, RoomId } from '../../src/lib/domain/ids.ts';
import type { Registration } from '../../src/lib/domain/registration.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import { DAY } from '../../src/lib/domain/time.ts';
import type { Change } from '../../src/lib/domain/wire.ts';
import { anyWorld, decisionsAsNews, fold, HOLDERS, ROOMS, scansAsNews, type World } from './any-world.ts';
import { roomId } from './support.ts';

/**
 * The law that every headcount stands on: what is known depends on the sets of scans and decisions and on the newest
 * news, and on nothing else.
 */

/** One way in which everything may arrive: scans and decisions in any order and some again, between the news. */
function anyArrival({ news, log, decisions }: World): fc.Arbitrary<Change[]> {
  const entries = [...scansAsNews(log), ...decisionsAsNews(decisions)];
  return fc.subarray(entries).chain((again) => {
    const slots: (Change | 'news')[] = [...entries, ...again, ...news.map(() => 'news' as const)];
    return fc.shuffledSubarray(slots, { minLength: slots.length }).map((order) => {
      let next = 0;
      return order.map((slot) => (slot === 'news' ? news[next++]! : slot));
    });
  });
}

/** Everything that anybody reads of an event. */
function seen(state: EventState) {
  return {
    rooms: ROOMS.map((room) => state.headcount(roomId(room))),
    venue: state.venueTotal(),
    holders: HOLDERS.map((holder) => {
      const presence = state.presenceOf(holder);
      const persons = personsOf(presence).map(({ place, since, arrivedAt, entries }) => [
        place,
        since?.time,
        since?.scan.id,
        arrivedAt,
        [...entries].map(([room, { id }]) => [room, id]),
      ]);
      return [persons, presence.nearTie];
    }),
    settled: state
      .settled()
      .map(({ holder, decision, scans }) => JSON.stringify([holder, decision.id, scans.map(({ id }) => id)]))
      .sort(),
    conflicts: state
      .conflicts()
      .map(({ holder, registration, reasons, scans, formerly }) =>
        JSON.stringify([holder, registration?.state, reasons, scans.map(({ id }) => id), formerly?.id]),
      )
      .sort(),
  };
}

interface Someone {
  place: RoomId | null;
  cameIn: Set<RoomId>;
}

/**
 * Where everybody is, written down as plainly as it can be said and without the code under test: each person's scans
 * in the order of time, the last one counts. Of several on one ticket nobody knows who is who: each scan moves one who
 * would have come this way, rather one whom the door would let in, and else the first of them.
 *
 * @param holding - the decisions that hold
 */
function naiveHeadcount({ news, log, setting }: World, holding: Decision[]): Map<RoomId, number> {
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
  const doors = new Map(setting.checkpoints.map((door) => [door.id, door]));
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
  const hall = roomId('hall');
  const roleOf = (scan: Scan) =>
    holding.flatMap(({ scans }) => scans).find(({ id }) => id === scan.id)?.role ?? 'counts';
  const crowds = new Map<string, Someone[]>();
  for (const scan of moves) {
    const { roomId: room, reentry } = doors.get(scan.checkpointId)!;
    const crowd = crowds.get(person(scan)) ?? [{ place: null, cameIn: new Set() }];
    crowds.set(person(scan), crowd);
    const role = roleOf(scan);
    if (role === 'mistake') continue;
    const further: Someone = { place: null, cameIn: new Set() };
    if (role === 'further_person' && scan.direction === 'entry') crowd.push(further);
    const elsewhere = crowd.map(({ place }) => place).filter((place) => ![null, hall, room].includes(place));
    const ways =
      scan.direction === 'exit'
        ? [[room], elsewhere, [hall], [null]]
        : room === hall
          ? [[null], elsewhere, [room]]
          : [[hall], elsewhere, [null], [room]];
    const way = ways.find((places) => crowd.some(({ place }) => places.includes(place)))!;
    const come = crowd.filter(({ place }) => way.includes(place));
    const isAgain = ({ place, cameIn }: Someone) =>
      reentry !== 'always' && (place === room || (reentry === 'never' && cameIn.has(room)));
    const fits = scan.direction === 'entry' && come.find((one) => !isAgain(one));
    const one = crowd.includes(further) ? further : fits || come[0]!;
    const before = one.place;
    one.place = scan.direction === 'entry' ? room : room === hall ? null : hall;
    if (scan.direction === 'entry' && before !== room) one.cameIn.add(room);
  }
  const counts = new Map<RoomId, number>();
  for (const { place } of [...crowds.values()].flat())
    if (place) counts.set(place, (counts.get(place) ?? 0) + 1);
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
        const { news, log, decisions } = world;
        const newsFirst = [...news, ...scansAsNews(log), ...decisionsAsNews(decisions)];
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
        const holding = state.settled().map(({ decision }) => decision);
        const naive = naiveHeadcount(world, holding);
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

test('the worlds have decisions that hold, and decisions that facts have overtaken', () => {
  const seen = { holding: 0, overtaken: 0, furtherPersons: 0, mistakes: 0 };
  for (const world of fc.sample(anyWorld, { numRuns: RUNS, seed: 1 })) {
    const { first, news, log, decisions } = world;
    const state = fold(first, [...news, ...scansAsNews(log), ...decisionsAsNews(decisions)]);
    const roles = state.settled().flatMap(({ decision }) => decision.scans.map(({ role }) => role));
    seen.holding += state.settled().length;
    seen.overtaken += state.conflicts().filter(({ formerly }) => formerly).length;
    seen.furtherPersons += roles.filter((role) => role === 'further_person').length;
    seen.mistakes += roles.filter((role) => role === 'mistake').length;
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(15);
});

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
