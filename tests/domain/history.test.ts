import { describe, expect, test } from 'vitest';
import { foldHistory, NEVER_SEEN } from '../../src/lib/domain/history.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import { venueOf, type Checkpoint } from '../../src/lib/domain/setting.ts';
import { aScan, aSetting, anUndo, at, BY_STAFF, permutations } from './support.ts';

const venue = venueOf(aSetting());

const entry = (door: string, time: string, values: Parameters<typeof aScan>[0] = {}) =>
  aScan({ at: door, time, ...values });
const exit = (door: string, time: string, values: Parameters<typeof aScan>[0] = {}) =>
  aScan({ at: door, time, direction: 'exit', ...values });

describe('where a holder is', () => {
  test.each<[string, string | null, Scan[]]>([
    ['outside, before any scan', null, []],
    ['in the hall, after entering it', 'hall', [entry('hall-door', '15:40')]],
    ['in a room, after entering it straight from outside', 'w1', [entry('w1-door', '15:40')]],
    ['in one room only, after the next', 'w1', [entry('hall-door', '15:40'), entry('w1-door', '16:40')]],
    ['in the next room', 'w2', [entry('w1-door', '15:40'), entry('w2-door', '16:40')]],
    ['back in the hall by its door', 'hall', [entry('w1-door', '15:40'), entry('hall-door', '16:40')]],
    ["in the hall, after a room's exit", 'hall', [entry('w1-door', '15:40'), exit('w1-door', '16:40')]],
    ["outside, after the hall's exit", null, [entry('hall-door', '15:40'), exit('hall-door', '16:40')]],
    [
      "outside, by the hall's exit from a room",
      null,
      [entry('w1-door', '15:40'), exit('hall-door', '16:40')],
    ],
    [
      'in the hall, by the exit of a room that was never entered',
      'hall',
      [entry('w1-door', '15:40'), exit('w2-door', '16:40')],
    ],
    ['outside, by an exit without an entry', null, [exit('hall-door', '15:40')]],
    [
      'inside again',
      'hall',
      [entry('hall-door', '15:40'), exit('hall-door', '16:00'), entry('hall-door', '16:10')],
    ],
    ['outside, when turned away', null, [entry('hall-door', '15:40', { verdictShown: 'cancelled' })]],
    [
      'still in the room, when turned away at the next',
      'w1',
      [entry('w1-door', '15:40'), entry('w2-door', '16:00', { verdictShown: 'wrong_workgroup' })],
    ],
    [
      'in the room that the staff let them into',
      'w2',
      [entry('w2-door', '16:00', { verdictShown: 'wrong_workgroup', override: BY_STAFF })],
    ],
    ['outside, after a scan at a door that nobody knows', null, [entry('cellar-door', '15:40')]],
  ])('%s', (_, place, scans) => {
    for (const arrival of permutations(scans)) {
      expect(foldHistory(arrival, venue).presence.place).toBe(place);
    }
  });

  test('is where they were before, once the last scan is taken back', () => {
    const mistaken = entry('w2-door', '16:40');
    const scans = [entry('hall-door', '15:40'), mistaken, anUndo(mistaken)];
    expect(foldHistory(scans, venue).presence.place).toBe('hall');
  });

  test('is nowhere special in an event without a main room', () => {
    const rooms = { hall: { main: false } };
    const { presence } = foldHistory([exit('w1-door', '16:00')], venueOf(aSetting({ rooms })));
    expect(presence.place).toBe(null);
  });

  test('is told with the scan since when', () => {
    const [first, again, into] = [
      entry('hall-door', '15:40'),
      entry('hall-door', '15:50', { device: 'tab2' }),
      entry('w1-door', '16:40'),
    ];
    expect(foldHistory([again, first], venue).presence.since).toEqual({ time: at('15:40'), scan: first });
    expect(foldHistory([again, into, first], venue).presence.since).toEqual({
      time: at('16:40'),
      scan: into,
    });
    expect(foldHistory([], venue).presence).toEqual(NEVER_SEEN);
  });

  test('remembers the entry of every room that was entered', () => {
    const [hall, room] = [entry('hall-door', '15:40'), entry('w1-door', '16:40')];
    const { entries } = foldHistory([hall, room, exit('w1-door', '18:00')], venue).presence;
    expect([...entries]).toEqual([
      ['hall', hall],
      ['w1', room],
    ]);
  });
});

describe('a repeated entry', () => {
  const reentries: Checkpoint['reentry'][] = ['after_exit', 'never', 'always'];
  const hall = () => entry('hall-door', '15:40');

  test.each<[string, () => Scan[], Checkpoint['reentry'][]]>([
    ['the first', () => [hall()], []],
    ['again while inside', () => [hall(), entry('hall-door', '16:00')], ['after_exit', 'never']],
    [
      'again while inside, seen by another tablet',
      () => [hall(), entry('hall-door', '16:00', { device: 'tab2' })],
      ['after_exit', 'never'],
    ],
    ['after an exit', () => [hall(), exit('hall-door', '16:00'), entry('hall-door', '16:10')], ['never']],
    [
      'out of a room into the hall, without a scan on the way',
      () => [hall(), entry('w1-door', '16:00'), entry('hall-door', '16:10')],
      ['never'],
    ],
    [
      "into the hall, after a room's exit led there",
      () => [entry('w1-door', '16:00'), exit('w1-door', '16:10'), entry('hall-door', '16:20')],
      ['after_exit', 'never'],
    ],
    [
      'after an exit that nobody had entered for',
      () => [exit('hall-door', '15:40'), entry('hall-door', '16:00')],
      [],
    ],
    [
      'after an entry that was taken back',
      () => {
        const mistaken = hall();
        return [mistaken, anUndo(mistaken), entry('hall-door', '16:00')];
      },
      [],
    ],
    [
      'after being turned away',
      () => [entry('hall-door', '15:00', { verdictShown: 'too_early' }), entry('hall-door', '16:00')],
      [],
    ],
  ])('%s', (_, scans, repeatedFor) => {
    const played = scans();
    const repeated = reentries.filter((reentry) => {
      const setting = aSetting({ checkpoints: { 'hall-door': { reentry } } });
      return foldHistory(played, venueOf(setting)).steps.at(-1)!.repeats !== null;
    });
    expect(repeated).toEqual(repeatedFor);
  });

  test('names the entry that it repeats', () => {
    const [first, second, third] = [hall(), entry('hall-door', '16:00'), entry('hall-door', '16:10')];
    const { steps } = foldHistory([third, second, first], venue);
    expect(steps.map(({ repeats }) => repeats)).toEqual([null, first, first]);
  });

  test('begins a new visit only after leaving the venue', () => {
    const scans = [
      hall(),
      entry('w1-door', '16:00'),
      exit('w1-door', '16:10'),
      exit('hall-door', '16:20'),
      entry('hall-door', '16:30'),
    ];
    expect(foldHistory(scans, venue).steps.map(({ visit }) => visit)).toEqual([0, 0, 0, 0, 1]);
  });
});

describe('a near tie', () => {
  test.each<[string, boolean, Scan[]]>([
    [
      'an entry and an exit by two tablets within two seconds',
      true,
      [entry('hall-door', '15:40:00'), exit('hall-door', '15:40:01', { device: 'tab2' })],
    ],
    [
      'two rooms by two tablets at once',
      true,
      [entry('w1-door', '15:40'), entry('w2-door', '15:40', { device: 'tab2' })],
    ],
    [
      'the same entry by two tablets at once: the place is sure',
      false,
      [entry('hall-door', '15:40'), entry('hall-door', '15:40', { device: 'tab2' })],
    ],
    [
      'two seconds apart',
      false,
      [entry('hall-door', '15:40:00'), exit('hall-door', '15:40:02', { device: 'tab2' })],
    ],
    [
      'one tablet knows the order of its own scans',
      false,
      [entry('hall-door', '15:40:00', { deviceSeq: 1 }), exit('hall-door', '15:40:01', { deviceSeq: 2 })],
    ],
    [
      'a tie that a later scan has settled',
      false,
      [
        entry('w1-door', '15:40:00'),
        entry('w2-door', '15:40:00', { device: 'tab2' }),
        exit('hall-door', '16:00'),
      ],
    ],
    [
      'a tie with a scan before the last one',
      true,
      [
        entry('w2-door', '15:40:00', { device: 'tab2' }),
        entry('w1-door', '15:40:00.5', { deviceSeq: 1 }),
        exit('w1-door', '15:40:01', { deviceSeq: 2 }),
      ],
    ],
  ])('%s: %s', (_, nearTie, scans) => {
    for (const arrival of permutations(scans)) {
      expect(foldHistory(arrival, venue).presence.nearTie).toBe(nearTie);
    }
  });
});
