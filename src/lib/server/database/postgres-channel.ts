import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { SECOND } from '../../domain/time.ts';

export interface ChannelParts {
  url: string;
  /** The channel's name: letters and underscores. */
  name: string;
  onMessage: (message: string) => void;
  /** It listens, from now on or again: what was said before has been missed. */
  onListening: () => void;
  /** It does not listen any more, and tries to. */
  onLost: (error: unknown) => void;
  /** 0 to 1. */
  random?: () => number;
}

const CONNECT_TIMEOUT = 10 * SECOND;
/** How often the connection is tried: one whose other end has gone without a word looks well for ever. */
const HEARTBEAT = 10 * SECOND;
const ANSWER_TIMEOUT = 5 * SECOND;
/** The first of a burst goes out at once; what comes within this goes out together, in milliseconds. */
const GATHER = 20;
const FIRST_PAUSE = 0.1 * SECOND;
const LAST_PAUSE = 10 * SECOND;

/** By which an operator finds the connection in `pg_stat_activity`. */
export const CHANNEL_APPLICATION = 'einlass news';

/**
 * Says something to all processes on a PostgreSQL database, by LISTEN and NOTIFY, on a connection of its own: a pool's
 * would be given back, and hear nothing.
 *
 *                  listening
 *   connecting ──────────────────▶ connected
 *     ▲    │ no answer                 │ cut, or silent
 *     │    ▼                           │
 *   waiting (doubling, with jitter) ◀──┘
 *
 * NOTIFY makes commits queue up behind each other (16 writers: a quarter of the commits each second), so it is not part
 * of the transactions whose news it tells. It goes out behind them, and all that comes up within moments goes together.
 */
export class PostgresChannel {
  private readonly parts: ChannelParts;
  private client: pg.Client | null = null;
  private listening = false;
  private outgoing = new Set<string>();
  private sending = false;
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(parts: ChannelParts) {
    this.parts = parts;
    void this.connect();
  }

  /** Tells all others soon, and this process too; again, where it is not sure that it was told. */
  send(message: string): void {
    this.outgoing.add(message);
    void this.flush();
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    const { client, listening } = this;
    this.client = null;
    this.listening = false;
    if (client && listening) await client.end().catch(() => undefined);
    else client?.connection.stream.destroy();
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.parts.url,
      application_name: CHANNEL_APPLICATION,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      query_timeout: ANSWER_TIMEOUT,
      keepAlive: true,
    });
    this.client = client;
    client.on('error', (error) => this.lose(client, error));
    client.on('end', () => this.lose(client, new Error('the connection was closed')));
    client.on('notification', ({ payload }) => this.parts.onMessage(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(this.parts.name)}`);
    } catch (error) {
      return this.lose(client, error);
    }
    if (this.client !== client) return;
    this.failures = 0;
    this.listening = true;
    this.parts.onListening();
    this.beatLater(client);
    void this.flush();
  }

  private beatLater(client: pg.Client): void {
    this.timer = setTimeout(() => {
      client.query('select 1').then(
        () => this.client === client && this.beatLater(client),
        (error: unknown) => this.lose(client, error),
      );
    }, HEARTBEAT).unref();
  }

  private async flush(): Promise<void> {
    const { client } = this;
    if (this.sending || !this.listening || !client) return;
    this.sending = true;
    let messages: string[] = [];
    try {
      while (this.outgoing.size > 0 && this.client === client) {
        messages = [...this.outgoing];
        this.outgoing.clear();
        await client.query('select pg_notify($1, message) from unnest($2::text[]) as message', [
          this.parts.name,
          messages,
        ]);
        messages = [];
        await sleep(GATHER, undefined, { ref: false });
      }
    } catch (error) {
      for (const message of messages) this.outgoing.add(message);
      this.lose(client, error);
    } finally {
      this.sending = false;
    }
    // Another connection may have come meanwhile.
    if (this.listening && this.client !== client) void this.flush();
  }

  private lose(client: pg.Client, error: unknown): void {
    if (this.client !== client) return;
    this.client = null;
    this.listening = false;
    client.connection.stream.destroy();
    this.parts.onLost(error);
    const pause = Math.min(LAST_PAUSE, FIRST_PAUSE * 2 ** this.failures);
    this.failures += 1;
    clearTimeout(this.timer);
    const random = this.parts.random ?? Math.random;
    this.timer = setTimeout(() => void this.connect(), pause * (0.5 + random() / 2)).unref();
  }
}
