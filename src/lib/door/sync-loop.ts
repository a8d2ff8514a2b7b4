import { MINUTE, SECOND } from '../domain/time.ts';
import type { SyncResult } from './sync.ts';

/** What the loop is doing, for the screen. */
export type SyncState = 'resting' | 'syncing' | 'offline' | 'refused' | 'ended';

export interface SyncLoopParts {
  /** One full sync. Never rejects for what the network does. */
  sync: () => Promise<SyncResult>;
  onState: (state: SyncState) => void;
  /** Calls back after some milliseconds; returns what takes it back. */
  schedule: (callback: () => void, delay: number) => () => void;
  /** 0 to 1. */
  random: () => number;
}

/** How often a tablet with nothing to say asks for news, in milliseconds. */
const REST = 20 * SECOND;
const FIRST_RETRY = SECOND;
const LAST_RETRY = MINUTE;

/**
 * Keeps the tablet in step with the server; the door never waits for it.
 *
 *              time, a new scan, news, the network is back
 *   resting ───────────────────────────────────────────────▶ syncing ──▶ ended (wiped, or not paired)
 *      ▲                                                      │  ▲  │
 *      └──────────── everything sent and fetched ─────────────┘  │  │ no network, or the server said no
 *                                                                │  ▼
 *          time (doubling, with jitter), the network is back     │ offline · refused
 *                                     └──────────────────────────┘
 *
 * Something new while a sync is under way makes another one follow, and so does the office's wish that the tablet be
 * locked. A new scan does not cut a retry's wait short: a queue at the door must not hammer a network that is down.
 */
export class SyncLoop {
  private readonly parts: SyncLoopParts;
  private state: SyncState = 'resting';
  private failures = 0;
  private again = false;
  private cancelTimer: () => void = () => undefined;

  constructor(parts: SyncLoopParts) {
    this.parts = parts;
  }

  start(): void {
    this.syncNow();
  }

  stop(): void {
    this.cancelTimer();
    this.enter('ended');
  }

  /** There is something new to send or to fetch. */
  poke(): void {
    if (this.state === 'resting') this.syncNow();
    else this.again = true;
  }

  /** The network is back, or somebody at the tablet asks: no more waiting. */
  retryNow(): void {
    if (this.state === 'syncing') this.again = true;
    else if (this.state !== 'ended') this.syncNow();
  }

  private syncNow(): void {
    this.cancelTimer();
    this.again = false;
    this.enter('syncing');
    this.parts.sync().then(
      (result) => this.settle(result),
      // A bug or a broken disk, not the network: keep trying, visibly.
      () => this.settle({ kind: 'refused', status: 0, code: 'broken' }),
    );
  }

  private settle(result: SyncResult): void {
    if (this.state === 'ended') return;
    switch (result.kind) {
      case 'done':
      case 'more':
      case 'lock':
        // The server learns that the tablet is locked from a sync without its token.
        this.again ||= result.kind === 'lock';
        this.failures = 0;
        this.enter('resting');
        if (this.again) this.syncNow();
        else this.wait(REST);
        return;
      case 'wiped':
      case 'not_paired':
        this.stop();
        return;
      case 'no_network':
      case 'refused':
        this.enter(result.kind === 'refused' ? 'refused' : 'offline');
        this.wait(Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this.failures) * (0.5 + this.parts.random() / 2));
        this.failures += 1;
    }
  }

  private wait(delay: number): void {
    this.cancelTimer = this.parts.schedule(() => this.syncNow(), delay);
  }

  private enter(state: SyncState): void {
    this.state = state;
    this.parts.onState(state);
  }
}
