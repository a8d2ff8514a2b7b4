import type { DeviceId } from '../../domain/ids.ts';
import { addMillis, MINUTE, SECOND, type Clock, type Millis } from '../../domain/time.ts';

/** A call that nobody has answered within this is made again, in milliseconds. */
const UNANSWERED = 20 * SECOND;
const FIRST_WAIT = 2 * SECOND;
const LAST_WAIT = MINUTE;

interface Wait {
  until: Millis;
  failures: number;
  forbidden: boolean;
}

/** Whom a tablet does not call for a while, so that what does not work is tried less and less often. */
export class Waits {
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly waits = new Map<DeviceId, Wait>();

  constructor(clock: Clock, random: () => number) {
    this.clock = clock;
    this.random = random;
  }

  called(other: DeviceId): void {
    const before = this.waits.get(other) ?? { failures: 0, forbidden: false };
    this.waits.set(other, { ...before, until: addMillis(this.clock(), UNANSWERED) });
  }

  /** @param forbidden - both knew each other's addresses, and nothing came through */
  failed(other: DeviceId, forbidden: boolean): void {
    const failures = (this.waits.get(other)?.failures ?? 0) + 1;
    const wait = Math.min(LAST_WAIT, FIRST_WAIT * 2 ** (failures - 1)) * (0.5 + this.random() / 2);
    this.waits.set(other, { until: addMillis(this.clock(), wait), failures, forbidden });
  }

  forget(other: DeviceId): void {
    this.waits.delete(other);
  }

  busy(): Set<DeviceId> {
    const now = this.clock();
    return new Set([...this.waits].filter(([, { until }]) => until > now).map(([other]) => other));
  }

  get forbidden(): DeviceId[] {
    return [...this.waits].filter(([, { forbidden }]) => forbidden).map(([other]) => other);
  }

  isForbidden(other: DeviceId): boolean {
    return this.waits.get(other)?.forbidden ?? false;
  }
}
