import { version } from '$app/environment';
import { listenForNews } from '$lib/door/news-channel';
import type { DoorStore } from '$lib/door/store';
import { syncFully, type SyncResult } from '$lib/door/sync';
import { SyncLoop, type SyncState } from '$lib/door/sync-loop';
import { httpTransport } from '$lib/door/transport';
import { readBattery } from './battery';

/** The tablet's connection with its server: the loop that syncs, and the channel that tells of news. */
export class ServerLink {
  /** How the last sync ended; one under way changes nothing on the screen until it has ended. */
  state = $state<SyncState>('resting');
  readonly transport = httpTransport((input, init) => fetch(input, init));
  private readonly store: DoorStore;
  private readonly onSynced: (result: SyncResult) => Promise<void>;
  private loop: SyncLoop | null = null;
  /** Open while there is a server and the tablet has its token. */
  private channel: AbortController | null = null;

  constructor(store: DoorStore, onSynced: (result: SyncResult) => Promise<void>) {
    this.store = store;
    this.onSynced = onSynced;
  }

  start(): void {
    this.stop();
    this.loop = new SyncLoop({
      sync: () => this.sync(),
      onState: (state) => {
        if (state !== 'syncing') this.state = state;
      },
      schedule: (callback, delay) => {
        const timer = setTimeout(callback, delay);
        return () => clearTimeout(timer);
      },
      random: Math.random,
    });
    this.loop.start();
  }

  stop(): void {
    this.hangUp();
    this.loop?.stop();
    this.loop = null;
  }

  /** Lets go of the channel, which holds the token. */
  hangUp(): void {
    this.channel?.abort();
    this.channel = null;
  }

  /** There is something new to send or to fetch. */
  poke(): void {
    this.loop?.poke();
  }

  /** The network is back, or somebody at the tablet asks: no more waiting. */
  retryNow(): void {
    this.loop?.retryNow();
  }

  private async sync(): Promise<SyncResult> {
    const battery = (await readBattery())?.level ?? null;
    const result = await syncFully(this.store, this.transport, { version, battery });
    await this.onSynced(result);
    if (result.kind === 'done') this.listen();
    return result;
  }

  /** Only one connection, and only while there is a server. */
  private listen(): void {
    const token = this.store.identity?.token;
    if (this.channel || !token || !this.loop) return;
    const channel = new AbortController();
    this.channel = channel;
    void listenForNews(token, () => this.poke(), channel.signal).finally(() => {
      if (this.channel !== channel) return;
      this.channel = null;
      // It broke off: whether the server is gone, a sync will tell.
      this.poke();
    });
  }
}
