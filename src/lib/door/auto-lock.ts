import { millis, MINUTE } from '../domain/time.ts';
import { IdleWatch } from './idle.ts';

/** A tablet that nobody has touched for this long, in milliseconds, was left lying somewhere. */
const IDLE = 20 * MINUTE;
/** One that has been dark or behind another app for this long, in milliseconds, may be in other hands. */
const HIDDEN = 2 * MINUTE;

/** Locks the tablet when it is left alone. */
export class AutoLock {
  private readonly lock: () => void;
  private readonly watch = new IdleWatch(() => millis(Date.now()), IDLE);
  private hiddenSince: number | null = null;

  /** @param signal - ends it */
  constructor(lock: () => void, signal: AbortSignal) {
    this.lock = lock;
    this.watch.listen(signal);
    // A sleeping tablet runs no timer: what has passed is seen when it wakes.
    document.addEventListener('visibilitychange', () => this.look(), { signal });
    const timer = setInterval(() => this.look(), MINUTE / 4);
    signal.addEventListener('abort', () => clearInterval(timer));
  }

  /** Somebody is there. */
  touch(): void {
    this.watch.touch();
  }

  private look(): void {
    const now = Date.now();
    const hidden = document.visibilityState === 'hidden';
    const hiddenFor = this.hiddenSince === null ? 0 : now - this.hiddenSince;
    this.hiddenSince = hidden ? (this.hiddenSince ?? now) : null;
    if (hiddenFor > HIDDEN || this.watch.isIdle()) {
      this.touch();
      this.lock();
    }
  }
}
