import { describe, expect, test } from 'vitest';
import { findConflicts, type Conflict } from '../../src/lib/domain/conflict.ts';
import { foldHistory } from '../../src/lib/domain/history.ts';
import type { Registration } from '../../src/lib/domain/registration.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import { venueOf, type Checkpoint } from '../../src/lib/domain/setting.ts';
import { aRegistration, aScan, aSetting, anUndo, at, BY_STAFF, permutations, ticketId } from './support.ts';

function conflictsOf(
  scans: Scan[],
  registration: Registration | null = aRegistration('A'),
  reentry: Checkpoint['reentry'] = 'after_exit',
): Conflict[] {
  const venue = venueOf(aSetting({ checkpoints: { 'hall-door': { reentry } } }));
  return findConflicts(registration?.id ?? ticketId('A'), foldHistory(scans, venue), registration);
}

const leave = (time: string) => aScan({ time, direction: 'exit' });
const reissued = aRegistration('A', {
  ticketId: ticketId('A2'),
  formerTickets: [{ ticketId: ticketId('A'), revokedAt: at('15:45') }],
});

describe('no conflict', () => {
  test.each<[string, Scan[], Registration?]>([
    ['in nothing at all', []],
    ['in one entry', [aScan()]],
    ['in entry, exit and entry', [aScan(), leave('16:00'), aScan({ time: '16:10' })]],
    ['in an entry that was turned away', [aScan(), aScan({ time: '15:50', verdictShown: 'already_inside' })]],
    [
      "in the staff's decision",
      [aScan(), aScan({ time: '15:50', verdictShown: 'already_inside', override: BY_STAFF })],
    ],
    [
      "in the staff's decision for somebody who has cancelled",
      [aScan({ verdictShown: 'cancelled', override: BY_STAFF })],
      aRegistration('A', { state: 'cancelled' }),
    ],
    ['in leaving twice', [leave('16:00'), leave('16:10')]],
    ['in leaving after cancelling', [leave('16:00')], aRegistration('A', { state: 'cancelled' })],
    [
      'in an entry up to the moment of the cancellation',
      [aScan({ time: '15:40' })],
      aRegistration('A', { state: 'cancelled', stateSince: at('15:40') }),
    ],
    ['in an entry with the old ticket up to the moment of the new one', [aScan({ time: '15:45' })], reissued],
    ['in an entry with the new ticket', [aScan({ ticket: 'A2', time: '15:50' })], reissued],
    ['in a room over its capacity or another workgroup', [aScan({ at: 'w3-door' })]],
    ['in leaving with the old ticket', [{ ...leave('16:00'), ticketId: ticketId('A') }], reissued],
  ])('%s', (_, scans, registration) => {
    for (const arrival of permutations(scans)) expect(conflictsOf(arrival, registration)).toEqual([]);
  });

  test('in a double entry, once one of the two is taken back', () => {
    const mistaken = aScan({ time: '15:50', device: 'tab2' });
    expect(conflictsOf([aScan(), mistaken, anUndo(mistaken)])).toEqual([]);
  });

  test('in a double entry at a door that lets in at any time', () => {
    expect(conflictsOf([aScan(), aScan({ time: '15:50' })], null, 'always')).toEqual([]);
  });
});

describe('a conflict', () => {
  test.each<[string, Conflict['reasons'], Scan[], Registration?]>([
    ['a second entry', ['double_entry'], [aScan(), aScan({ time: '15:50', device: 'tab2' })]],
    [
      'an entry since the cancellation',
      ['cancelled'],
      [aScan({ time: '15:40:01' })],
      aRegistration('A', { state: 'cancelled', stateSince: at('15:40') }),
    ],
    [
      'an entry from the waiting list',
      ['waitlisted'],
      [aScan()],
      aRegistration('A', { state: 'waitlisted' }),
    ],
    ['an entry with the old ticket since the new one', ['revoked'], [aScan({ time: '15:45:01' })], reissued],
    [
      'an entry with the old ticket and one with the new',
      ['revoked', 'double_entry'],
      [aScan({ time: '15:46' }), aScan({ ticket: 'A2', time: '15:50' })],
      reissued,
    ],
    [
      'a second entry with the old ticket, since cancelled',
      ['double_entry', 'cancelled', 'revoked'],
      [aScan({ ticket: 'A2', time: '15:45' }), aScan({ time: '15:50' })],
      { ...reissued, state: 'cancelled', stateSince: at('15:48') },
    ],
    [
      "a second entry after the staff's decision",
      ['double_entry'],
      [aScan({ verdictShown: 'room_full', override: BY_STAFF }), aScan({ time: '15:50' })],
    ],
  ])('is %s', (_, reasons, scans, registration) => {
    for (const arrival of permutations(scans)) {
      expect(conflictsOf(arrival, registration)).toEqual([
        {
          holder: (registration ?? aRegistration('A')).id,
          registration: registration ?? aRegistration('A'),
          reasons,
          scans,
        },
      ]);
    }
  });

  test('is found without a registration too, under the ticket', () => {
    const scans = [aScan(), aScan({ time: '15:50' })];
    expect(conflictsOf(scans, null)).toEqual([
      { holder: ticketId('A'), registration: null, reasons: ['double_entry'], scans },
    ]);
  });

  test('is one, however many doors let the same ticket in', () => {
    const scans = [
      aScan(),
      aScan({ time: '15:41', device: 'tab2' }),
      aScan({ time: '15:42', device: 'tab3' }),
    ];
    expect(conflictsOf(scans)).toMatchObject([{ scans }]);
  });

  test('is another one in the next visit', () => {
    const again = { time: '16:11', device: 'tab2' };
    const scans = [aScan(), aScan({ time: '15:50' }), leave('16:00'), aScan({ time: '16:10' }), aScan(again)];
    const conflicts = conflictsOf(scans);
    expect(conflicts.map((conflict) => conflict.scans)).toEqual([scans.slice(0, 2), scans.slice(3)]);
  });

  test('is a second visit, where the door lets in once', () => {
    const scans = [aScan(), leave('16:00'), aScan({ time: '16:10' })];
    const [conflict, ...others] = conflictsOf(scans, null, 'never');
    expect(conflict).toMatchObject({ reasons: ['double_entry'], scans: [scans[0], scans[2]] });
    expect(others).toEqual([]);
  });
});
