import { describe, expect, test } from 'vitest';
import { millis, MINUTE } from '../../src/lib/domain/time.ts';
import { chartOf } from '../../src/routes/office/[event]/arrival-chart.ts';

const from = millis(1_700_000_100_000);
const arrivals = (...counts: number[]) => ({ from, step: 5 * MINUTE, counts });
const later = from + 1_000 * MINUTE;

describe('the chart of arrivals', () => {
  test('of nobody has no bars, and a line to measure by', () => {
    expect(chartOf(arrivals(), later, 5)).toEqual({
      bars: [],
      lines: [{ count: 1, height: 1 }],
      ticks: [],
      total: 0,
      most: null,
    });
  });

  test('has a bar for each span, all within the plot and none over another', () => {
    const { bars, total, most } = chartOf(arrivals(3, 0, 8, 8), later, 5);
    expect(bars.map(({ count }) => count)).toEqual([3, 0, 8, 8]);
    expect(total).toBe(11 + 8);
    expect(most).toBe(bars[2]);
    for (const [i, bar] of bars.entries()) {
      expect(bar.height).toBeLessThanOrEqual(1);
      expect(bar.x).toBeGreaterThanOrEqual(0);
      expect(bar.x + bar.width).toBeLessThanOrEqual(bars[i + 1]?.x ?? 1);
      expect(bar.until - bar.from).toBe(5 * MINUTE);
    }
  });

  test.each([
    [1, [1]],
    [4, [1, 2, 3, 4]],
    [5, [2, 4, 6]],
    [17, [5, 10, 15, 20]],
    [73, [20, 40, 60, 80]],
    [401, [200, 400, 600]],
  ])('measures %i at its fullest by round numbers', (highest, counts) => {
    const { lines, bars } = chartOf(arrivals(highest), later, 5);
    expect(lines.map(({ count }) => count)).toEqual(counts);
    expect(lines.at(-1)!.height).toBe(1);
    expect(bars[0]!.height).toBeCloseTo(highest / counts.at(-1)!);
  });

  test.each([
    [1, 5, 1],
    [5, 5, 5],
    [6, 5, 3],
    [36, 5, 5],
    [36, 3, 3],
  ])('of %i spans names at most %i moments', (spans, labels, named) => {
    const { ticks } = chartOf(arrivals(...Array.from({ length: spans }, () => 1)), later, labels);
    expect(ticks).toHaveLength(named);
    expect(ticks[0]!.time).toBe(from);
  });

  test('tells the span that is not over yet', () => {
    const { bars } = chartOf(arrivals(1, 2), from + 7 * MINUTE, 5);
    expect(bars.map(({ open }) => open)).toEqual([false, true]);
  });
});
