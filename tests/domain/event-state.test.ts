import { describe, expect, test } from 'vitest';
import { EventState } from '../../src/lib/domain/event-state.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import type { Change } from '../../src/lib/domain/wire.ts';
import {
  aRegistration,
  aScan,
  aSetting,
  at,
  BY_STAFF,
  payloadHash,
  permutations,
  registrationId,
  roomId,
  ticketId,
} from './support.ts';

const hall = roomId('hall');
const w1 = roomId('w1');

const registered = (name: string, values: Parameters<typeof aRegistration>[1] = {}): Change => ({
  kind: 'registration',
  registration: aRegistration(name, values),
});
const scanned = (scan: Scan): Change => ({ kind: 'scan', scan });
const removed = (name: string): Change => ({
  kind: 'registration_removed',
  registrationId: registrationId(name),
});

function stateAfter(...changes: Change[]): EventState {
  const state = new EventState(aSetting());
  for (const change of changes) state.apply(change);
  return state;
}

describe('an event', () => {
  test('is empty before the first scan', () => {
    const state = stateAfter(registered('A'));
    expect([state.headcount(hall), state.venueTotal(), state.conflicts()]).toEqual([0, 0, []]);
  });

  test('counts each person in one room, and once in the venue', () => {
    const state = stateAfter(
      ...['A', 'B', 'C'].map((ticket) => scanned(aScan({ ticket }))),
      scanned(aScan({ ticket: 'A', at: 'w1-door', time: '16:00' })),
      scanned(aScan({ ticket: 'B', time: '16:00', direction: 'exit' })),
    );
    expect([state.headcount(hall), state.headcount(w1), state.venueTotal()]).toEqual([1, 1, 2]);
  });

  test('counts a scan once, however often it arrives', () => {
    const scan = aScan();
    const state = stateAfter(scanned(scan), scanned(scan), scanned({ ...scan }));
    expect([state.headcount(hall), state.scansOf(ticketId('A'))]).toEqual([1, [scan]]);
  });

  test('counts whom the staff let in with something unreadable', () => {
    const letIn = (name: string) =>
      scanned(aScan({ payloadHash: payloadHash(name), verdictShown: 'invalid', override: BY_STAFF }));
    expect(stateAfter(letIn('napkin'), letIn('napkin'), letIn('menu')).headcount(hall)).toBe(2);
  });

  test('ignores a scan of nothing', () => {
    expect(stateAfter(scanned({ ...aScan(), ticketId: null, payloadHash: null })).venueTotal()).toBe(0);
  });
});

describe('a registration that is learnt after the scan', () => {
  test("takes over its ticket's scans", () => {
    const scan = aScan();
    const state = stateAfter(scanned(scan), registered('A'));
    expect(state.holderOf(ticketId('A'))).toBe(registrationId('A'));
    expect(state.presenceOf(registrationId('A'))).toMatchObject({ place: hall, since: { scan } });
    expect(state.presenceOf(ticketId('A')).place).toBe(null);
    expect(state.headcount(hall)).toBe(1);
  });

  test('makes one person of two tickets, and one conflict', () => {
    const reissue = registered('A', {
      ticketId: ticketId('A2'),
      formerTickets: [{ ticketId: ticketId('A'), revokedAt: at('15:30') }],
    });
    const changes = [reissue, scanned(aScan()), scanned(aScan({ ticket: 'A2', time: '15:50' }))];
    expect(stateAfter(...changes.slice(1)).headcount(hall)).toBe(2);
    for (const arrival of permutations(changes)) {
      const state = stateAfter(...arrival);
      expect([state.headcount(hall), state.venueTotal()]).toEqual([1, 1]);
      expect(state.conflicts()).toMatchObject([{ reasons: ['revoked', 'double_entry'] }]);
    }
  });

  test('makes a conflict of an entry that looked right', () => {
    const state = stateAfter(scanned(aScan()));
    expect(state.conflicts()).toEqual([]);
    state.apply(registered('A', { state: 'cancelled' }));
    expect(state.conflicts()).toMatchObject([{ holder: registrationId('A'), reasons: ['cancelled'] }]);
    state.apply(registered('A'));
    expect(state.conflicts()).toEqual([]);
  });
});

describe('a reissued ticket', () => {
  const reissue = registered('A', {
    ticketId: ticketId('A2'),
    formerTickets: [{ ticketId: ticketId('A'), revokedAt: at('15:45') }],
  });

  test('counts its holder once, who came in with the first', () => {
    const state = stateAfter(registered('A'), scanned(aScan()), reissue);
    expect(state.holderOf(ticketId('A2'))).toBe(state.holderOf(ticketId('A')));
    expect(state.presenceOf(state.holderOf(ticketId('A2'))).place).toBe(hall);
    expect([state.headcount(hall), state.conflicts()]).toEqual([1, []]);
  });

  test('lets its holder out', () => {
    const out = aScan({ ticket: 'A2', time: '16:00', direction: 'exit' });
    for (const arrival of permutations([scanned(aScan()), reissue, scanned(out)])) {
      expect(stateAfter(...arrival).venueTotal()).toBe(0);
    }
  });

  test('is forgotten again by an older piece of news', () => {
    const scan = scanned(aScan({ ticket: 'A2', time: '15:50' }));
    for (const arrival of [
      [reissue, scan, registered('A')],
      [reissue, registered('A'), scan],
    ]) {
      const state = stateAfter(...arrival);
      expect(state.holderOf(ticketId('A2'))).toBe(ticketId('A2'));
      expect(state.registrationOf(ticketId('A2'))).toBe(null);
      expect(state.headcount(hall)).toBe(1);
    }
  });
});

describe('a removed registration', () => {
  test('leaves its tickets to themselves, where they are', () => {
    const changes = [registered('A'), scanned(aScan()), removed('A')];
    const state = stateAfter(...changes);
    expect(state.registrationOf(ticketId('A'))).toBe(null);
    expect(state.presenceOf(ticketId('A')).place).toBe(hall);
    expect(state.presenceOf(registrationId('A')).place).toBe(null);
    expect([state.headcount(hall), state.venueTotal()]).toEqual([1, 1]);
  });

  test('takes its conflicts with it', () => {
    const state = stateAfter(registered('A', { state: 'cancelled' }), scanned(aScan()), removed('A'));
    expect(state.conflicts()).toEqual([]);
  });

  test('is nothing to an event that never knew it', () => {
    const state = stateAfter(removed('A'), scanned(aScan()));
    expect(state.headcount(hall)).toBe(1);
  });

  test('can come back', () => {
    const state = stateAfter(registered('A'), scanned(aScan()), removed('A'), registered('A'));
    expect(state.presenceOf(registrationId('A')).place).toBe(hall);
    expect(state.headcount(hall)).toBe(1);
  });
});

describe('a changed setting', () => {
  test('puts every scan in its light', () => {
    const state = stateAfter(registered('A'), scanned(aScan()), scanned(aScan({ time: '15:50' })));
    expect(state.conflicts()).toHaveLength(1);
    state.apply({
      kind: 'setting',
      setting: aSetting({ checkpoints: { 'hall-door': { reentry: 'always' } } }),
    });
    expect([state.conflicts(), state.headcount(hall)]).toEqual([[], 1]);
    state.apply({ kind: 'setting', setting: aSetting({ checkpoints: { 'hall-door': { roomId: w1 } } }) });
    expect([state.headcount(hall), state.headcount(w1), state.venueTotal()]).toEqual([0, 1, 1]);
  });

  test('brings back the scans of a door that was not known', () => {
    const early = aScan({ at: 'balcony-door' });
    const state = stateAfter(scanned(early));
    expect(state.venueTotal()).toBe(0);
    const setting = aSetting();
    setting.checkpoints.push({ ...setting.checkpoints[0]!, id: early.checkpointId });
    state.apply({ kind: 'setting', setting });
    expect(state.headcount(hall)).toBe(1);
  });
});
