import type { Clock, Millis } from '../domain/time.ts';

/** Knows for how long nobody has been at work at the tablet. */
export class IdleWatch {
  private readonly clock: Clock;
  private readonly limit: number;
  private last: Millis;

  /** @param limit - how long nothing must happen before the tablet counts as idle, in milliseconds */
  constructor(clock: Clock, limit: number) {
    this.clock = clock;
    this.limit = limit;
    this.last = clock();
  }

  /** Takes every touch of the screen and every key for somebody being there. @param signal - ends it */
  listen(signal: AbortSignal): void {
    for (const name of ['pointerdown', 'keydown'] as const) {
      addEventListener(name, () => this.touch(), { signal, capture: true, passive: true });
    }
  }

  /** Somebody, or a ticket, is there. */
  touch(): void {
    this.last = this.clock();
  }

  /** @param occupied - something is open that must not go away under somebody's hands */
  isIdle(occupied = false): boolean {
    if (occupied) this.touch();
    return this.clock() - this.last >= this.limit;
  }
}
