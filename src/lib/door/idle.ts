import { MINUTE, type Clock, type Millis } from '../domain/time.ts';

/** For how long nothing must have happened at a door, in milliseconds, before something may happen by itself. */
export const IDLE = 10 * MINUTE;

/** Knows whether anybody is at work at the tablet. */
export class IdleWatch {
  private readonly clock: Clock;
  private last: Millis;

  constructor(clock: Clock) {
    this.clock = clock;
    this.last = clock();
  }

  /** Somebody, or a ticket, is there. */
  touch(): void {
    this.last = this.clock();
  }

  /** @param occupied - something is open that must not go away under somebody's hands */
  isIdle(occupied: boolean): boolean {
    if (occupied) this.touch();
    return this.clock() - this.last >= IDLE;
  }
}
