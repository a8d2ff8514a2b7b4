import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { decideAdmission } from '../../src/lib/domain/admission.ts';
import { evacuationList } from '../../src/lib/domain/evacuation.ts';
import { isDecidable, kindOf, type Decision } from '../../src/lib/domain/decision.ts';
import { EventState } from '../../src/lib/domain/event-state.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import { vouchedFor } from '../../src/lib/domain/vouched-for.ts';
import { ChangeSchema, readChanges, type Change } from '../../src/lib/domain/wire.ts';
import {
  aDecision,
  aRegistration,
  aScan,
  aSetting,
  anUndo,
  at,
  checkpointId,
  permutations,
  registrationId,
  roomId,
  ticketId,
} from './support.ts';

const registered: Change = { kind: 'registration', registration: aRegistration('A') };
const left = aScan({ time: '15:40' });
const right = aScan({ time: '15:41', device: 'tab2' });
const exit = (time: string, door = 'hall-door') => aScan({ time, at: door, direction: 'exit' });

const onePerson = () =>
  aDecision([
    [left, 'counts'],
    [right, 'counts'],
  ]);
const twoPersons = () =>
  aDecision([
    [left, 'counts'],
    [right, 'further_person'],
  ]);
const mistakenRight = () =>
  aDecision([
    [left, 'counts'],
    [right, 'mistake'],
  ]);
const mistakenLeft = () =>
  aDecision([
    [left, 'mistake'],
    [right, 'counts'],
  ]);

const changesOf = (scans: Scan[], decisions: Decision[]): Change[] => [
  ...scans.map((scan): Change => ({ kind: 'scan', scan })),
  ...decisions.map((decision): Change => ({ kind: 'decision', decision })),
];

/** What the office sees: who is in the hall, what is open (how many scans each), and how many decisions hold. */
function seen(state: EventState) {
  return {
    hall: state.headcount(roomId('hall')),
    venue: state.venueTotal(),
    open: state.conflicts().map(({ scans }) => scans.length),
    settled: state.settled().length,
  };
}

/** Plays it in every order, which must make no difference. */
function after(scans: Scan[], decisions: Decision[]) {
  const states = permutations([registered, ...changesOf(scans, decisions)]).map((changes) => {
    const state = new EventState(aSetting());
    for (const change of changes) state.apply(change);
    return state;
  });
  const first = seen(states[0]!);
  for (const state of states) expect(seen(state)).toEqual(first);
  return first;
}

function stateOf(scans: Scan[], decisions: Decision[]): EventState {
  const state = new EventState(aSetting());
  for (const change of [registered, ...changesOf(scans, decisions)]) state.apply(change);
  return state;
}

describe('a ticket that two doors let in', () => {
  test.each<[string, Decision[], number]>([
    ['counts once while nobody has decided', [], 1],
    ['counts once when it was one person', [onePerson()], 1],
    ['counts twice when they were two', [twoPersons()], 2],
    ['counts once when one scan was a mistake, whichever', [mistakenRight()], 1],
    ['the first too', [mistakenLeft()], 1],
    [
      'not at all when both were',
      [
        aDecision([
          [left, 'mistake'],
          [right, 'mistake'],
        ]),
      ],
      0,
    ],
  ])('%s', (_, decisions, hall) => {
    const settled = decisions.length;
    expect(after([left, right], decisions)).toEqual({
      hall,
      venue: hall,
      open: settled ? [] : [2],
      settled,
    });
  });

  test('is decided as the latest decision says', () => {
    const [first, second, third] = [twoPersons(), mistakenRight(), onePerson()];
    expect(after([left, right], [first, second])).toMatchObject({ hall: 1, open: [], settled: 1 });
    expect(after([left, right], [first, third, second]).hall).toBe(1);
    expect(stateOf([left, right], [first, second]).settled()[0]!.decision).toEqual(second);
    expect(after([left, right], [second, twoPersons()]).hall).toBe(2);
  });

  test('arrived once as one person, twice as two', () => {
    const arrivals = (decision: Decision) => [...stateOf([left, right], [decision]).arrivals()];
    expect(arrivals(onePerson())).toEqual([at('15:40')]);
    expect(arrivals(twoPersons())).toEqual([at('15:40'), at('15:41')]);
  });
});

describe('two persons on one ticket', () => {
  const decided = [twoPersons()];

  test('leave one after the other', () => {
    const [one, other, third] = [exit('16:40'), exit('16:41'), exit('16:42')];
    expect(after([left, right, one], decided)).toMatchObject({ hall: 1, open: [], settled: 1 });
    expect(after([left, right, one, other], decided).venue).toBe(0);
    expect(stateOf([left, right, one, other, third], decided).venueTotal()).toBe(0);
  });

  test('go into rooms and come back, each of them', () => {
    const into = (time: string, device: string) => aScan({ at: 'w1-door', time, device });
    const [one, other] = [into('16:00', 'tab1'), into('16:01', 'tab2')];
    const state = (...more: Scan[]) => {
      const { hall, venue, open } = seen(stateOf([left, right, ...more], decided));
      return [hall, venue, open.length];
    };
    expect(state(one)).toEqual([1, 2, 0]);
    expect(state(one, other)).toEqual([0, 2, 0]);
    expect(state(one, exit('16:30', 'w1-door'))).toEqual([2, 2, 0]);
    expect(state(one, other, exit('16:30', 'w1-door'))).toEqual([1, 2, 0]);
    expect(state(one, other, exit('16:30', 'w1-door'), exit('17:00'))).toEqual([0, 1, 0]);
    expect(state(one, exit('17:00'), aScan({ time: '17:10' }))).toEqual([1, 2, 0]);
  });

  test('are let in by the door as two: a third is not, and whoever has left may come back', () => {
    const verdict = (door: string, ...more: Scan[]) => {
      const state = stateOf([left, right, ...more], decided);
      const checkpoint = state.venue.checkpoints.get(checkpointId(door))!;
      const reading = vouchedFor(ticketId('A'), state);
      const request = { reading, checkpoint, direction: 'entry', now: at('17:00') } as const;
      return decideAdmission(request, state).word;
    };
    const into = aScan({ at: 'w1-door', time: '16:00' });
    const again = aScan({ at: 'w1-door', time: '16:10' });
    expect(verdict('hall-door')).toBe('already_inside');
    expect(verdict('hall-door', exit('16:40'))).toBe('admitted');
    expect(verdict('w1-door', into)).toBe('admitted');
    expect(verdict('w1-door', into, again)).toBe('already_inside');
  });

  test('are both looked for in an evacuation', () => {
    const [room] = evacuationList(stateOf([left, right], decided));
    expect(room!.people.map(({ registration }) => registration?.name)).toEqual(['Gast A', 'Gast A']);
    expect(new Set(room!.people.map(({ key }) => key)).size).toBe(2);
    expect(room!.people[0]!.key).toBe(registrationId('A'));
  });
});

describe('when the facts change after the decision', () => {
  const third = aScan({ time: '15:42', device: 'tab3' });
  const earlier = aScan({ time: '15:39', device: 'tab3' });
  const between = aScan({ time: '15:40:30', direction: 'exit', device: 'tab3' });

  test('an entry that arrives late and comes after opens the case again, all of it, and nobody is uncounted', () => {
    expect(after([left, right, third], [twoPersons()])).toEqual({
      hall: 2,
      venue: 2,
      open: [3],
      settled: 1,
    });
    expect(after([left, right, third], [mistakenRight()])).toMatchObject({ hall: 1, open: [3] });
    expect(after([left, right, third], [mistakenLeft()])).toMatchObject({ hall: 1, open: [3] });
  });

  test('the open case says what was decided', () => {
    const decision = twoPersons();
    const [conflict] = stateOf([left, right, third], [decision]).conflicts();
    expect(conflict!.formerly).toEqual(decision);
    expect(conflict!.scans.map(({ id }) => id)).toEqual([left.id, right.id, third.id]);
    expect(stateOf([left, right], []).conflicts()[0]!.formerly).toBe(null);
  });

  test('and it can be decided anew', () => {
    const anew = aDecision([
      [left, 'counts'],
      [right, 'further_person'],
      [third, 'mistake'],
    ]);
    for (const before of [twoPersons(), mistakenLeft(), onePerson()]) {
      const { order } = anew;
      expect(after([left, right, third], [{ ...before, order: order - 1 }, anew])).toEqual({
        hall: 2,
        venue: 2,
        open: [],
        settled: 1,
      });
    }
  });

  test('an entry before, of which nobody had known, takes the decision its ground', () => {
    expect(after([left, right, earlier], [twoPersons()])).toEqual({
      hall: 1,
      venue: 1,
      open: [3],
      settled: 0,
    });
  });

  test('an exit between explains it all: there is no conflict, and every scan counts', () => {
    for (const decision of [onePerson(), twoPersons(), mistakenRight(), mistakenLeft()]) {
      expect(after([left, right, between], [decision])).toEqual({ hall: 1, venue: 1, open: [], settled: 0 });
    }
  });

  test('a scan that its tablet takes back leaves nothing to decide', () => {
    expect(after([left, right, anUndo(right)], [twoPersons()])).toMatchObject({
      hall: 1,
      open: [],
      settled: 0,
    });
  });

  test('what comes after and contradicts nothing changes nothing', () => {
    const later = [exit('17:00'), exit('17:01'), aScan({ time: '17:30' })];
    expect(seen(stateOf([left, right, ...later], [twoPersons()]))).toEqual({
      hall: 1,
      venue: 1,
      open: [],
      settled: 1,
    });
  });

  test('another double entry of the same ticket is a case of its own', () => {
    const rooms = ['tab1', 'tab2'].map((device, i) => aScan({ at: 'w1-door', time: `16:0${i}`, device }));
    const state = stateOf([left, right, ...rooms], [onePerson()]);
    expect(seen(state)).toMatchObject({ venue: 1, open: [2], settled: 1 });
  });

  test('a mistake stays one when the cancelled registration is confirmed again', () => {
    const only = aScan();
    const state = new EventState(aSetting());
    const cancelled = { state: 'cancelled', stateSince: at('15:00') } as const;
    state.setRegistration(aRegistration('A', cancelled));
    state.addScan(only);
    expect(state.conflicts()).toHaveLength(1);
    state.addDecision(aDecision([[only, 'mistake']], { reasons: ['cancelled'] }));
    expect(seen(state)).toMatchObject({ hall: 0, open: [], settled: 1 });
    state.setRegistration(aRegistration('A', { stateSince: at('16:00') }));
    state.addScan(aScan({ time: '16:30' }));
    expect(seen(state)).toMatchObject({ hall: 1, open: [], settled: 1 });
  });
});

describe('a decision', () => {
  test.each<[Decision, ReturnType<typeof kindOf>, boolean]>([
    [onePerson(), 'one_person', true],
    [twoPersons(), 'two_persons', true],
    [mistakenLeft(), 'mistake', true],
    [
      aDecision([
        [left, 'mistake'],
        [right, 'mistake'],
      ]),
      'mistake',
      true,
    ],
    [
      aDecision([
        [left, 'further_person'],
        [right, 'further_person'],
      ]),
      'two_persons',
      false,
    ],
    [
      aDecision([
        [left, 'mistake'],
        [right, 'further_person'],
      ]),
      'two_persons',
      false,
    ],
  ])('%# is of its kind, and can be meant or not', ({ scans }, kind, decidable) => {
    expect([kindOf({ scans }), isDecidable(scans)]).toEqual([kind, decidable]);
  });

  test('travels as it is, and is passed over by whoever does not know all of its words', () => {
    const change = JSON.parse(JSON.stringify({ kind: 'decision', decision: twoPersons() })) as {
      decision: Decision;
    };
    expect(v.parse(ChangeSchema, change)).toEqual(change);
    const newer = structuredClone(change) as unknown as { decision: { scans: { role: string }[] } };
    newer.decision.scans[0]!.role = 'a_word_of_tomorrow';
    expect(readChanges([newer, { kind: 'a kind of tomorrow' }, change])).toEqual([change]);
  });
});
