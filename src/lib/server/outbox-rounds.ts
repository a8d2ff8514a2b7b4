import type { Logger } from 'pino';
import { MINUTE, SECOND, type Clock, type Millis } from '../domain/time.ts';
import type { Installation } from './installation.ts';

export interface RoundParts {
  /** Calls back after some milliseconds; returns what takes it back. */
  schedule: (callback: () => void, delay: number) => () => void;
  /** 0 to 1. */
  random: () => number;
}

/** How a round has ended. */
export type RoundEnd =
  /** Nothing is due any more until then; null: nothing waits. */
  | { kind: 'rest'; due: Millis | null }
  /** Whom everything goes through is away: only after a pause is there sense in another round. */
  | { kind: 'away' };

/** The longest time between two rounds: news of other processes may be lost. */
const REST = 20 * SECOND;
/** News come in bursts, and most of them bring nothing to be sent. */
const GAP = 100;
/** While whom everything goes through is away, only one knocks at the door. */
const FIRST_PAUSE = 5 * SECOND;
const LAST_PAUSE = 5 * MINUTE;

/**
 * When what waits in an outbox is looked at.
 *
 *                news, or time
 *   resting ─────────────────────▶ in a round
 *      ▲  ▲                         │  ▲  │
 *      │  └──── nothing is due ─────┘  │  │ away, or an error
 *      │                               │  ▼
 *      │                               └── paused (time, doubling, with jitter)
 *   stopped ◀── from everywhere; out of a round when the attempt under way is recorded
 */
export class Rounds {
  private readonly parts: RoundParts;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly round: () => Promise<RoundEnd>;
  private readonly unsubscribe: () => void;
  private state: 'resting' | 'looking' | 'paused' | 'stopped' = 'resting';
  private failures = 0;
  private again = false;
  private work: Promise<void> = Promise.resolve();
  private cancelTimer: () => void = () => undefined;

  /** @param round - sends what is due, and looks at `stopped` before each attempt */
  constructor(
    { clock, news }: Pick<Installation, 'clock' | 'news'>,
    parts: RoundParts,
    log: Logger,
    round: () => Promise<RoundEnd>,
  ) {
    this.clock = clock;
    this.parts = parts;
    this.log = log;
    this.round = round;
    this.unsubscribe = news.subscribeToAll(() => this.poke());
  }

  get stopped(): boolean {
    return this.state === 'stopped';
  }

  start(): void {
    this.look();
  }

  /** Something may have been queued. A pause is not cut short: a server that is down must not be hammered. */
  poke(): void {
    // Only the first of a burst sets the clock, or an event full of news would never be looked at.
    if (this.state === 'resting' && !this.again) this.wait(GAP);
    this.again = true;
  }

  /** Whom everything goes through is there: the next pause is a short one. */
  succeeded(): void {
    this.failures = 0;
  }

  /** Lets the round under way come to its end, and begins no other. */
  async stop(): Promise<void> {
    this.state = 'stopped';
    this.unsubscribe();
    this.cancelTimer();
    await this.work;
  }

  private look(): void {
    if (this.stopped) return;
    this.cancelTimer();
    this.state = 'looking';
    this.again = false;
    this.work = this.round().then(
      (end) => (end.kind === 'away' ? this.pause() : this.rest(end.due)),
      (err: unknown) => {
        this.log.error({ err }, 'what waits could not be sent');
        this.pause();
      },
    );
  }

  private rest(due: Millis | null): void {
    if (this.stopped) return;
    this.state = 'resting';
    const untilDue = due === null ? REST : due - this.clock();
    this.wait(this.again ? GAP : Math.min(REST, Math.max(GAP, untilDue)));
  }

  private pause(): void {
    if (this.stopped) return;
    this.state = 'paused';
    this.wait(Math.min(LAST_PAUSE, FIRST_PAUSE * 2 ** this.failures) * (0.5 + this.parts.random() / 2));
    this.failures += 1;
  }

  private wait(delay: number): void {
    this.cancelTimer();
    this.cancelTimer = this.parts.schedule(() => this.look(), delay);
  }
}
