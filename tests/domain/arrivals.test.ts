import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrivalsOf } from '../../src/lib/domain/arrivals.ts';
import { DAY, millis, MINUTE } from '../../src/lib/domain/time.ts';
import { at } from './support.ts';

describe('arrivals over time', () => {
  test('are counted in spans of five minutes that begin at a full one', () => {
    const times = ['16:02', '16:04:59', '16:05', '16:17'].map(at);
    expect(arrivalsOf(times, at('16:18'))).toEqual({
      from: at('16:00'),
      step: 5 * MINUTE,
      counts: [2, 1, 0, 1],
    });
  });

  test('show that nobody comes any more, for an hour', () => {
    expect(arrivalsOf([at('16:02')], at('16:21')).counts).toEqual([1, 0, 0, 0, 0]);
    expect(arrivalsOf([at('16:02')], at('23:00')).counts).toHaveLength(13);
  });

  test('of an evening are counted in longer spans', () => {
    expect(arrivalsOf([at('14:00'), at('18:30')], at('18:30')).step).toBe(10 * MINUTE);
  });

  test('are none before anybody has come', () => {
    expect(arrivalsOf([], at('16:00')).counts).toEqual([]);
  });

  test('each counts once, however many days there are, and there are never more than 37 spans', () => {
    const time = fc.integer({ min: at('00:00'), max: at('00:00') + 400 * DAY }).map(millis);
    fc.assert(
      fc.property(fc.array(time, { minLength: 1 }), time, (times, now) => {
        const { from, step, counts } = arrivalsOf(times, now);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(times.length);
        expect(counts.length).toBeLessThanOrEqual(37);
        expect(Math.min(...times) - from).toBeLessThan(step);
      }),
    );
  });
});
