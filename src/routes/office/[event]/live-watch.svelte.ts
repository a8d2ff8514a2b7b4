import type { LiveView } from '$lib/domain/live-view';
import { SECOND } from '$lib/domain/time';
import { LiveFeed, type FeedStatus } from './live-feed';

/** What the page came with. */
export interface Loaded {
  eventId: string;
  view: LiveView;
}

export interface WatchOptions {
  /** The feed has ended, and why; by itself only `retryEnded` brings it back. */
  onEnd?: (status: FeedStatus) => void;
  /** A feed that has ended for want of a session or a right is opened anew after so long, in milliseconds. */
  retryEnded?: number;
}

/** An event's live view on a page that is open, for as long as its component is. */
export class LiveWatch {
  status = $state<FeedStatus>('connecting');
  /** By the server's clock, every second. */
  now = $state(0);
  private readonly loaded: () => Loaded;
  private received = $state.raw<Loaded | null>(null);
  /** What must be added to this computer's clock to get the server's, in milliseconds. */
  private skew = 0;

  /** To be called while a component is made. @param loaded - read again when another event is shown */
  constructor(loaded: () => Loaded, options: WatchOptions = {}) {
    this.loaded = loaded;
    // The page's first now is the server's, so that server and browser render the same.
    this.now = loaded().view.at;
    $effect(() => this.watch(loaded().eventId, options));
  }

  /** The newer of what the stream has brought and what came with the page. */
  get view(): LiveView {
    const { eventId, view } = this.loaded();
    const { received } = this;
    return received?.eventId === eventId && received.view.at > view.at ? received.view : view;
  }

  private watch(eventId: string, { onEnd, retryEnded }: WatchOptions): () => void {
    let again: ReturnType<typeof setTimeout> | undefined;
    const open = () =>
      new LiveFeed(`/api/office/v1/events/${eventId}/live`, {
        view: (view) => {
          this.received = { eventId, view };
          this.skew = view.at - Date.now();
          this.now = view.at;
        },
        status: (status) => {
          this.status = status;
          if (status === 'connecting' || status === 'live' || status === 'lost') return;
          onEnd?.(status);
          if (retryEnded !== undefined && status !== 'outdated') again = setTimeout(reopen, retryEnded);
        },
      });
    const reopen = () => {
      clearTimeout(again);
      again = undefined;
      feed = open();
    };
    let feed = open();
    const tick = setInterval(() => (this.now = Date.now() + this.skew), SECOND);
    const hurry = () => {
      feed.hurry();
      if (again !== undefined) reopen();
    };
    window.addEventListener('online', hurry);
    document.addEventListener('visibilitychange', hurry);
    return () => {
      clearTimeout(again);
      feed.stop();
      clearInterval(tick);
      window.removeEventListener('online', hurry);
      document.removeEventListener('visibilitychange', hurry);
    };
  }
}
