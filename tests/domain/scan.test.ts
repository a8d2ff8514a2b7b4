import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cappedOffset,
  compareScans,
  correctedTime,
  effectiveScans,
  MAX_CLOCK_OFFSET,
  type Scan,
} from '../../src/lib/domain/scan.ts';
import { DAY, MINUTE } from '../../src/lib/domain/time.ts';
import {
  aScan,
  anUndo,
  at,
  BY_STAFF,
  deviceId,
  payloadHash,
  permutations,
  scanId,
  ticketId,
} from './support.ts';

describe('the clock offset of a scan', () => {
  test.each([
    ['counts as it is', 10 * MINUTE, 10 * MINUTE],
    ['counts as it is, up to a day', DAY, DAY],
    ['counts as a day when it is more', 400 * DAY, MAX_CLOCK_OFFSET],
    ['counts as a day when it is more the other way', -400 * DAY, -MAX_CLOCK_OFFSET],
    ['counts in whole milliseconds', 1.6, 2],
  ])('%s', (_, measured, counted) => {
    expect(cappedOffset(measured)).toBe(counted);
  });

  test("brings the tablet's time to the server's", () => {
    expect(correctedTime(aScan({ time: '15:50', clockOffset: -10 * MINUTE }))).toBe(at('15:40'));
  });
});

describe('the effective order', () => {
  const first = aScan({ time: '15:40', device: 'tab2', deviceSeq: 7 });
  test.each<[string, Scan]>([
    ['by time', aScan({ time: '15:40:01', device: 'tab1', deviceSeq: 1 })],
    ['by corrected time', aScan({ time: '15:30', clockOffset: 11 * MINUTE, device: 'tab1', deviceSeq: 1 })],
    ['by device at the same time', aScan({ time: '15:40', device: 'tab3', deviceSeq: 1 })],
    ["by the device's own count at the same time", aScan({ time: '15:40', device: 'tab2', deviceSeq: 8 })],
  ])('is %s', (_, second) => {
    expect(compareScans(first, second)).toBeLessThan(0);
    expect(compareScans(second, first)).toBeGreaterThan(0);
    expect(effectiveScans([second, first])).toEqual([first, second]);
  });

  test("is by the device's own count as a number, not as a text", () => {
    const ninth = aScan({ deviceSeq: 9 });
    const tenth = aScan({ deviceSeq: 10 });
    expect(effectiveScans([tenth, ninth])).toEqual([ninth, tenth]);
  });

  test('is the same for every order of arrival, with repetitions', () => {
    const anyScan = fc
      .record({
        device: fc.constantFrom('tab1', 'tab2', 'tab3'),
        minute: fc.integer({ min: 40, max: 44 }),
        clockOffset: fc.constantFrom(0, MINUTE, -MINUTE, 3 * DAY),
      })
      .map(({ minute, ...values }) => aScan({ time: `15:${minute}`, ...values }));
    const arrivals = fc.array(anyScan, { maxLength: 12 }).chain((scans) =>
      fc.record({
        scans: fc.constant(scans),
        again: fc.shuffledSubarray([...scans, ...scans], { minLength: scans.length }),
      }),
    );
    fc.assert(
      fc.property(arrivals, ({ scans, again }) => {
        expect(effectiveScans([...again, ...scans])).toEqual(effectiveScans(scans));
      }),
    );
  });
});

describe('a scan moves its holder', () => {
  test.each<[string, Partial<Scan>]>([
    ['when it was admitted', { verdictShown: 'admitted' }],
    ['when it was an exit', { direction: 'exit', verdictShown: 'left' }],
    ['when the staff let the holder in all the same', { verdictShown: 'room_full', override: BY_STAFF }],
    [
      'when the staff let somebody in with something unreadable',
      { payloadHash: payloadHash('?'), verdictShown: 'invalid', override: BY_STAFF },
    ],
  ])('%s', (_, values) => {
    const scan = aScan(values);
    expect(effectiveScans([scan])).toEqual([scan]);
  });

  test.each<[string, Partial<Scan>]>([
    ['was turned away', { verdictShown: 'already_inside' }],
    ['was no ticket', { payloadHash: payloadHash('?'), verdictShown: 'invalid' }],
    ['takes another back', { undoes: scanId('of long ago') }],
    ['takes an override back', { undoes: scanId('of long ago'), override: BY_STAFF }],
  ])('but not when it %s', (_, values) => {
    expect(effectiveScans([aScan(values)])).toEqual([]);
  });
});

describe('taking a scan back', () => {
  test('undoes it, in every order of arrival', () => {
    const scan = aScan();
    const later = aScan({ time: '15:50' });
    for (const arrival of permutations([scan, anUndo(scan), later])) {
      expect(effectiveScans(arrival)).toEqual([later]);
    }
  });

  test('undoes an override too', () => {
    const scan = aScan({ verdictShown: 'wrong_workgroup', override: BY_STAFF });
    expect(effectiveScans([scan, anUndo(scan)])).toEqual([]);
  });

  test('undoes it only once, and cannot itself be taken back', () => {
    const scan = aScan();
    const undo = anUndo(scan);
    expect(effectiveScans([scan, undo, anUndo(scan), anUndo(undo)])).toEqual([]);
  });

  test('works also when the clock was set back in between', () => {
    const scan = aScan({ time: '15:40' });
    expect(effectiveScans([scan, anUndo(scan, { deviceTime: at('15:00') })])).toEqual([]);
  });

  test.each<[string, Partial<Scan>]>([
    ['another device', { deviceId: deviceId('tab2') }],
    ['a scan of another ticket', { ticketId: ticketId('B') }],
    ['a scan of something unreadable', { ticketId: null, payloadHash: payloadHash('?') }],
  ])('does nothing by %s', (_, values) => {
    const scan = aScan();
    expect(effectiveScans([scan, anUndo(scan, values)])).toEqual([scan]);
  });

  test('does nothing to a scan that nobody knows (yet)', () => {
    const scan = aScan();
    expect(effectiveScans([scan, anUndo(scan, { undoes: scanId('still on its way') })])).toEqual([scan]);
  });
});
