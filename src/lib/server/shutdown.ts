import type { Installation } from './installation.ts';

/** What the process says of its end, and in which order: see `scripts/serve.mjs`. */
type Process = Pick<NodeJS.EventEmitter, 'once'>;

/**
 * How the app ends with its process:
 *
 *   draining   `/readyz` says 503, so that a load balancer sends its next requests elsewhere; everything else works on
 *   shutdown   streams end, and nothing new is accepted; requests that are under way get their answers
 *   close      `Installation.close`: mails, webhooks and claims are let go of (`beforeClose`), then the database
 */
export class Shutdown {
  private ending = false;

  /** Whether the process is about to end. */
  get begun(): boolean {
    return this.ending;
  }

  /** Follows the process. `close` is called by the server process when the last connection has gone. */
  follow(process: Process, { news, close }: Pick<Installation, 'news' | 'close'>): void {
    process.once('einlass:draining', () => (this.ending = true));
    process.once('einlass:shutdown', () => {
      this.ending = true;
      news.close();
    });
    (globalThis as Record<symbol, unknown>)[Symbol.for('einlass.close')] = close;
  }
}
