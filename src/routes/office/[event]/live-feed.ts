import * as v from 'valibot';
import { LiveViewSchema, type LiveView } from '$lib/domain/live-view';
import { SECOND } from '$lib/domain/time';

/** How the page stands with the server. */
export type FeedStatus = 'connecting' | 'live' | 'lost' | 'signed_out' | 'no_access' | 'outdated';

/** What the browser gives; handed in so that tests can give something else. */
export interface FeedSurroundings {
  openStream: (url: string) => Pick<EventSource, 'onmessage' | 'onerror' | 'close'>;
  fetch: typeof fetch;
  /** 0 to 1. */
  random: () => number;
}

const browser: FeedSurroundings = {
  openStream: (url) => new EventSource(url),
  fetch: (...request) => fetch(...request),
  random: () => Math.random(),
};

/** The server sends every 10 seconds at the latest: this long without, and the connection is dead. */
const SILENCE = 25 * SECOND;
const FETCH_TIMEOUT = 6 * SECOND;
const FIRST_WAIT = 0.5 * SECOND;
const LONGEST_WAIT = 15 * SECOND;

/**
 * Brings an event's live view to the page, and brings it back when the connection drops.
 *
 *               view                    error, or silence
 *   connecting ──────▶ live ───────────────────────┐
 *       │ error         ▲                          ▼
 *       └───────────────┼─────────────────▶ waiting (backing off) ◀─┐
 *                       │                          │                │ no answer: lost
 *                       │ stream opened            ▼                │
 *                       └───────────── fetching the view once ──────┘
 *                                                  │
 *                                                  ├─ 401 ▶ signed_out
 *                                                  ├─ 403 ▶ no_access
 *                                                  └─ not understood ▶ outdated
 *
 * EventSource does not tell why it failed, and gives up for good on some answers. So it is never left to retry by
 * itself: the view is fetched once, which tells what is the matter, and only then is the stream opened anew.
 */
export class LiveFeed {
  private readonly url: string;
  private readonly onView: (view: LiveView) => void;
  private readonly onStatus: (status: FeedStatus) => void;
  private readonly around: FeedSurroundings;
  private stream: ReturnType<FeedSurroundings['openStream']> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private fetching: AbortController | null = null;
  private failures = 0;
  private stopped = false;

  constructor(
    url: string,
    on: { view: (view: LiveView) => void; status: (status: FeedStatus) => void },
    around: FeedSurroundings = browser,
  ) {
    this.url = url;
    this.onView = on.view;
    this.onStatus = on.status;
    this.around = around;
    this.open();
  }

  stop(): void {
    this.stopped = true;
    this.letGo();
  }

  /** Something has changed about the network or the page: don't wait any longer. */
  hurry(): void {
    if (this.stopped || this.stream || this.fetching) return;
    clearTimeout(this.timer);
    void this.look();
  }

  private open(): void {
    const stream = this.around.openStream(this.url);
    this.stream = stream;
    stream.onmessage = ({ data }: MessageEvent<string>) => {
      if (!this.take(() => JSON.parse(data) as unknown)) return;
      this.failures = 0;
      this.onStatus('live');
      this.expectMore();
    };
    stream.onerror = () => this.drop();
    this.expectMore();
  }

  private expectMore(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.drop(), SILENCE);
  }

  private drop(): void {
    this.letGo();
    this.wait();
  }

  private wait(): void {
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.failures);
    this.timer = setTimeout(() => void this.look(), longest * (0.5 + this.around.random() / 2));
  }

  /** Fetches the view once, and opens the stream again when that goes well. */
  private async look(): Promise<void> {
    const fetching = new AbortController();
    this.fetching = fetching;
    const timeout = setTimeout(() => fetching.abort(), FETCH_TIMEOUT);
    try {
      const answer = await this.around.fetch(this.url, {
        headers: { accept: 'application/json' },
        signal: fetching.signal,
      });
      if (answer.status === 401) return this.finish('signed_out');
      if (answer.status === 403) return this.finish('no_access');
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const body: unknown = await answer.json();
      if (this.stopped || !this.take(() => body)) return;
      this.fetching = null;
      this.open();
    } catch {
      if (this.stopped) return;
      this.fetching = null;
      this.failures += 1;
      this.onStatus('lost');
      this.wait();
    } finally {
      clearTimeout(timeout);
    }
  }

  /** @returns false when the server speaks of something that this page doesn't know */
  private take(read: () => unknown): boolean {
    let body: unknown;
    try {
      body = read();
    } catch {
      body = null;
    }
    const parsed = v.safeParse(LiveViewSchema, body);
    if (parsed.success) this.onView(parsed.output);
    else this.finish('outdated');
    return parsed.success;
  }

  private finish(status: FeedStatus): void {
    if (this.stopped) return;
    this.stop();
    this.onStatus(status);
  }

  private letGo(): void {
    clearTimeout(this.timer);
    this.stream?.close();
    this.stream = null;
    this.fetching?.abort();
    this.fetching = null;
  }
}
