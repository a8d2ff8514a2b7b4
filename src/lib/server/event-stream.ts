import type { EventId } from '../domain/ids.ts';
import { SECOND } from '../domain/time.ts';
import type { News } from './news.ts';
import type { Metrics } from './operate/metrics.ts';

export interface EventStreamOptions {
  news: Pick<News, 'subscribe'>;
  eventId: EventId;
  /** Makes the text of a message; null when there is nothing to say. A rejection ends the stream. */
  produce: () => Promise<string | null>;
  /** Asked before each message: whether this listener may still listen. When not, the stream ends. */
  allowed?: () => Promise<boolean>;
  /** Told why a message could not be made. */
  onError?: (error: unknown) => void;
  metrics?: Pick<Metrics, 'streams' | 'feedLag'>;
  /** The shortest time between two messages, in milliseconds. */
  gap?: number;
  /** The longest time between two messages, news or none, in milliseconds. */
  refresh?: number;
  /** The time between two comments, by which both ends notice a dead connection, in milliseconds. */
  heartbeat?: number;
}

const GAP = 150;
const HEARTBEAT = 15 * SECOND;
/** How long a browser waits before it connects anew, in milliseconds. */
const RETRY = 2 * SECOND;

/**
 * Server-sent events about one event: a message at once, and one after each notice in the news.
 *
 *             news            message sent
 *   idle ───────────▶ making ─────────────▶ resting (for the gap)
 *    ▲  ◀─ refresh ─▶  ▲                      │   │
 *    │                 └── news came, and ────┘   │
 *    │                     the reader has room    │
 *    └──────────────── no news since ─────────────┘
 *
 * News that come while a message is being made, or while the connection takes nothing, are remembered as one, so the
 * last change always arrives and a slow reader gets fewer messages, not older ones.
 */
export function eventStream(options: EventStreamOptions): Response {
  let listening: Listening;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      listening = new Listening(controller, options);
    },
    pull: () => listening.proceed(),
    cancel: () => listening.end(),
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // Otherwise nginx keeps messages back until it has a page of them.
      'x-accel-buffering': 'no',
    },
  });
}

const encoder = new TextEncoder();
let written = { text: '', message: encoder.encode('') };

/** A message with this text. Thousands of pages get the same one, one after the other, so the last is kept. */
function messageOf(text: string): Uint8Array {
  if (written.text !== text)
    written = { text, message: encoder.encode(`${text.replace(/^/gm, 'data: ')}\n\n`) };
  return written.message;
}

class Listening {
  private readonly controller: ReadableStreamDefaultController<Uint8Array>;
  private readonly options: EventStreamOptions;
  private readonly unsubscribe: () => void;
  private readonly heartbeat: NodeJS.Timeout;
  private refresh: NodeJS.Timeout | undefined;
  private rest: NodeJS.Timeout | undefined;
  private making = false;
  private due = true;
  /** When the first of the news came that no message has told yet; null where there are none. */
  private newsSince: number | null = null;
  private ended = false;

  constructor(controller: ReadableStreamDefaultController<Uint8Array>, options: EventStreamOptions) {
    this.controller = controller;
    this.options = options;
    // Before the first message is made, so that no change falls between.
    this.unsubscribe = options.news.subscribe(
      options.eventId,
      () => this.hear(),
      () => this.close(),
    );
    this.heartbeat = setInterval(() => this.beat(), options.heartbeat ?? HEARTBEAT);
    this.write(`retry: ${RETRY}\n\n`);
    options.metrics?.streams.inc();
  }

  private hear(): void {
    this.newsSince ??= performance.now();
    this.wake();
  }

  private wake(): void {
    this.due = true;
    this.proceed();
  }

  /** Makes the message that is due, unless one is being made, was made just now, or finds no room. */
  proceed(): void {
    if (!this.due || this.making || this.rest || this.ended || !this.hasRoom()) return;
    this.due = false;
    this.making = true;
    void this.send().finally(() => (this.making = false));
  }

  private async send(): Promise<void> {
    const { allowed, produce, onError, metrics, gap = GAP, refresh } = this.options;
    const newsSince = this.newsSince;
    this.newsSince = null;
    try {
      if (allowed && !(await allowed())) return this.close();
      const text = await produce();
      if (this.ended) return;
      if (text !== null) this.enqueue(messageOf(text));
      if (newsSince !== null) metrics?.feedLag.observe((performance.now() - newsSince) / 1000);
    } catch (error) {
      onError?.(error);
      return this.close();
    }
    this.rest = setTimeout(() => {
      this.rest = undefined;
      this.proceed();
    }, gap);
    clearTimeout(this.refresh);
    if (refresh !== undefined) this.refresh = setTimeout(() => this.wake(), refresh);
  }

  private beat(): void {
    if (this.hasRoom()) this.write(': still here\n\n');
  }

  private hasRoom(): boolean {
    return (this.controller.desiredSize ?? 0) > 0;
  }

  private write(text: string): void {
    this.enqueue(encoder.encode(text));
  }

  private enqueue(bytes: Uint8Array): void {
    if (!this.ended) this.controller.enqueue(bytes);
  }

  private close(): void {
    if (this.ended) return;
    this.end();
    this.controller.close();
  }

  /** Lets go of everything, once. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.options.metrics?.streams.dec();
    this.unsubscribe();
    clearInterval(this.heartbeat);
    clearTimeout(this.refresh);
    clearTimeout(this.rest);
  }
}
