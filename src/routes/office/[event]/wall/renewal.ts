import { MINUTE, SECOND } from '$lib/domain/time';

/** What the browser gives; handed in so that tests can give something else. */
export interface RenewalSurroundings {
  /** Whether the server answers with this very page now. */
  answers: () => Promise<boolean>;
  reload: () => void;
  /** When this page last reloaded itself, in milliseconds; it outlives the reload. */
  last: { read: () => number; write: (time: number) => void };
  now: () => number;
}

const KEY = 'einlass-wall-renewed';

const browser: RenewalSurroundings = {
  answers: async () => {
    const request = {
      cache: 'no-store',
      redirect: 'manual',
      signal: AbortSignal.timeout(10 * SECOND),
    } as const;
    const answer = await fetch(location.href, request).catch(() => null);
    return answer?.ok ?? false;
  },
  reload: () => location.reload(),
  last: {
    read: () => Number(sessionStorage.getItem(KEY)),
    write: (time) => sessionStorage.setItem(KEY, String(time)),
  },
  now: () => Date.now(),
};

/** How long between two reloads, in milliseconds: where one has not helped, the next at once would not either. */
const BETWEEN = MINUTE;
/** How long until the server is asked again, in milliseconds. */
const RETRY = 5 * SECOND;

/**
 * Reloads a page that nobody attends, for a newer build of it. Only once the server answers: a reload into a network
 * that is down ends on the browser's own page, from which nothing comes back by itself.
 */
export class Renewal {
  private readonly around: RenewalSurroundings;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  constructor(around: RenewalSurroundings = browser) {
    this.around = around;
  }

  /** The page is older than the server. May be said as often as it is noticed. */
  due(): void {
    if (this.timer !== undefined || this.stopped) return;
    const { last, now } = this.around;
    this.wait(Math.min(BETWEEN, Math.max(0, last.read() + BETWEEN - now())));
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private wait(delay: number): void {
    this.timer = setTimeout(() => void this.attempt(), delay);
  }

  private async attempt(): Promise<void> {
    const answers = await this.around.answers();
    if (this.stopped) return;
    if (!answers) return this.wait(RETRY);
    this.around.last.write(this.around.now());
    this.around.reload();
  }
}
