import type { Arrivals } from './arrivals.ts';
import { addMillis, type Millis } from './time.ts';

/** A span of arrivals, ready to be drawn. */
export interface ArrivalBar {
  from: Millis;
  count: number;
  /** As a part of the highest bar. */
  height: number;
}

/** @returns the bars in their order; none before anybody has come */
export function arrivalBars({ from, step, counts }: Arrivals): ArrivalBar[] {
  const highest = Math.max(1, ...counts);
  return counts.map((count, i) => ({ from: addMillis(from, i * step), count, height: count / highest }));
}

/** When people came, and the span in which most did; null before anybody has. */
export function arrivalSummary(arrivals: Arrivals): { from: Millis; until: Millis; most: ArrivalBar } | null {
  const bars = arrivalBars(arrivals).filter(({ count }) => count > 0);
  const [first, last] = [bars[0], bars.at(-1)];
  if (!first || !last) return null;
  const most = bars.reduce((most, bar) => (bar.count > most.count ? bar : most));
  return { from: first.from, until: addMillis(last.from, arrivals.step), most };
}
