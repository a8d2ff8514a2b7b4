import type { LoadTablet } from './tablet-load.ts';
import { pause } from './random.ts';

/**
 * A tablet with nothing to hand in that asks all the time: its sync is a write, so it tells whether the server serves.
 */
export class Prober {
  /** From the beginning of a fault until the server served again, at the longest, in milliseconds. */
  longest = 0;
  private readonly tablet: LoadTablet;
  private since: number | null = null;
  private waiting: (() => void)[] = [];

  constructor(tablet: LoadTablet) {
    this.tablet = tablet;
  }

  /** From now on it counts. Of two marks the first holds until the server has served. */
  mark(): void {
    this.since ??= performance.now();
  }

  /** Waits until a request that was sent after now has been answered well. */
  served(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Fetches everything. */
  finish(): Promise<void> {
    return this.tablet.finish();
  }

  async work(goesOn: () => boolean): Promise<void> {
    while (goesOn() || this.waiting.length > 0) {
      const { since } = this;
      const waiting = this.waiting.splice(0);
      const result = await this.tablet.sync();
      if (result === 'failed') this.waiting.push(...waiting);
      else {
        if (since !== null) {
          this.longest = Math.max(this.longest, performance.now() - since);
          this.since = null;
        }
        for (const resolve of waiting) resolve();
      }
      await pause(50);
    }
  }
}
