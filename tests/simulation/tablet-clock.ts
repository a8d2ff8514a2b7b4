import { MINUTE, SECOND } from '../../src/lib/domain/time.ts';
import type { Chance } from './random.ts';
import type { World } from './world.ts';

/** The longest that a round trip can take which the tablet measures its clock by, in milliseconds. */
const LONGEST_TRIP = 21 * SECOND;

/** A tablet's clock: off by up to ten minutes, up to 200 millionths too fast or slow, and set now and then. */
export class TabletClock {
  private readonly world: World;
  private readonly drift: number;
  /** From when on it was off by how much, drift apart. */
  private readonly settings: { from: number; skew: number }[];

  constructor(world: World, chance: Chance) {
    this.world = world;
    this.drift = (chance.next() - 0.5) * 4e-4;
    const skew = chance.happens(0.3) ? 0 : chance.between(-10 * MINUTE, 10 * MINUTE);
    this.settings = [{ from: world.now, skew }];
  }

  now(): number {
    const { now } = this.world;
    return now + this.skewAt(now);
  }

  /** Somebody, or the network, sets the clock. */
  set(skew: number): void {
    this.settings.push({ from: this.world.now, skew });
  }

  /**
   * How far off the time of a scan made now may be, at the most, in milliseconds.
   *
   * @param measuredAt - when the tablet last compared its clock with the server's; null: when it was paired
   */
  possibleError(measuredAt: number | null): number {
    const { now } = this.world;
    const since = measuredAt === null ? 0 : measuredAt - LONGEST_TRIP;
    const meanwhile = this.settings.filter(({ from }, i) => {
      const until = this.settings[i + 1]?.from ?? Infinity;
      return until > since && from <= now;
    });
    const skews = meanwhile.map(({ skew }) => skew);
    const drifted = Math.abs(this.drift) * (now - Math.max(since, this.settings[0]!.from));
    return LONGEST_TRIP + Math.max(...skews) - Math.min(...skews) + drifted;
  }

  private skewAt(time: number): number {
    const { skew } = this.settings.findLast(({ from }) => from <= time)!;
    return skew + this.drift * (time - this.settings[0]!.from);
  }
}
