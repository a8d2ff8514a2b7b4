import type { Arrivals } from '$lib/domain/arrivals';

/** One span of time. Positions are shares of the whole, from 0 to 1; x from the earliest, height from the ground. */
export interface Bar {
  from: number;
  until: number;
  count: number;
  x: number;
  width: number;
  height: number;
  /** The span is not over yet: its bar may still grow. */
  open: boolean;
}

export interface Chart {
  bars: Bar[];
  /** Horizontal lines by which the height of a bar is read. */
  lines: { count: number; height: number }[];
  /** Moments to name below the bars. */
  ticks: { time: number; x: number }[];
  total: number;
  /** The fullest span; null when nobody has come. */
  most: Bar | null;
}

/** How wide a bar is of the place that it has. */
const SHARE = 0.78;
/** The most lines above the ground. */
const LINES = 4;

/**
 * Arrivals as bars.
 *
 * @param now - by the server's clock
 * @param labels - the most moments that can be named below
 */
export function chartOf({ from, step, counts }: Arrivals, now: number, labels: number): Chart {
  const highest = Math.max(0, ...counts);
  const lineStep = niceStep(highest);
  const top = Math.max(lineStep, Math.ceil(highest / lineStep) * lineStep);
  const place = 1 / Math.max(1, counts.length);
  const bars = counts.map((count, i): Bar => {
    const begin = from + i * step;
    return {
      from: begin,
      until: begin + step,
      count,
      x: (i + (1 - SHARE) / 2) * place,
      width: SHARE * place,
      height: count / top,
      open: now < begin + step,
    };
  });
  const every = Math.max(1, Math.ceil(counts.length / Math.max(1, labels)));
  return {
    bars,
    lines: Array.from({ length: Math.round(top / lineStep) }, (_, i) => ({
      count: (i + 1) * lineStep,
      height: ((i + 1) * lineStep) / top,
    })),
    ticks: bars.flatMap((bar, i) => (i % every === 0 ? [{ time: bar.from, x: (i + 0.5) * place }] : [])),
    total: counts.reduce((sum, count) => sum + count, 0),
    most: bars.find((bar) => bar.count === highest && highest > 0) ?? null,
  };
}

/** A step of 1, 2 or 5 times a power of ten, so that a few of them reach the highest. */
function niceStep(highest: number): number {
  for (let power = 1; ; power *= 10) {
    for (const factor of [1, 2, 5]) {
      if (factor * power * LINES >= highest) return factor * power;
    }
  }
}
