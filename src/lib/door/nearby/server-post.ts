import type { DeviceId } from '../../domain/ids.ts';
import { MOST_SIGNALS, type NearbyRequest, type NearbyResponse } from '../../domain/nearby/post.ts';
import type { SealedSignal } from '../../domain/nearby/signal.ts';
import { SECOND } from '../../domain/time.ts';
import type { Answer } from '../transport.ts';

export interface ServerPostParts {
  /** Asks the server; null while the tablet has no token. */
  ask: (request: NearbyRequest) => Promise<Answer<NearbyResponse>> | null;
  onSignal: (signal: SealedSignal) => void;
  /** Nobody is when the server can't be reached. */
  onPresent: (present: readonly DeviceId[]) => void;
  schedule: (callback: () => void, delay: number) => () => void;
}

/** How often the server is asked: when something is under way, when not, and when it can't be reached, in milliseconds. */
const BUSY = 2 * SECOND;
const REST = 10 * SECOND;
const AWAY = 20 * SECOND;
/** After something was sent or has come, so many rounds follow soon. */
const SOON = 5;

/** Carries signals over the server for as long as it can be reached. */
export class ServerPost {
  private readonly parts: ServerPostParts;
  private waiting: NearbyRequest['signals'] = [];
  private cancel: () => void = () => undefined;
  private asking = false;
  private ended = false;
  /** So many more rounds something may come back; who has just been opened is called by the others. */
  private expecting = SOON;

  constructor(parts: ServerPostParts) {
    this.parts = parts;
  }

  start(): void {
    void this.round();
  }

  close(): void {
    this.ended = true;
    this.cancel();
  }

  /** Sends a signal with the next round, which is now. */
  send(to: DeviceId, signal: SealedSignal): void {
    this.waiting = [...this.waiting, { to, signal }].slice(-MOST_SIGNALS);
    this.expecting = SOON;
    if (!this.asking) this.wait(0);
  }

  private async round(): Promise<void> {
    if (this.ended || this.asking) return;
    this.asking = true;
    const signals = this.waiting.splice(0);
    const answer = await this.parts.ask({ signals });
    this.asking = false;
    if (this.ended) return;
    if (answer?.kind !== 'ok') {
      this.parts.onPresent([]);
      return this.wait(AWAY);
    }
    this.expecting = answer.body.signals.length > 0 ? SOON : Math.max(0, this.expecting - 1);
    for (const { signal } of answer.body.signals) this.parts.onSignal(signal);
    this.parts.onPresent(answer.body.present);
    this.wait(this.waiting.length > 0 ? 0 : this.expecting > 0 ? BUSY : REST);
  }

  private wait(delay: number): void {
    this.cancel();
    this.cancel = this.parts.schedule(() => void this.round(), delay);
  }
}
