import type { Logger } from 'pino';
import type { EventId } from '../domain/ids.ts';
import { SECOND } from '../domain/time.ts';
import type { Database } from './database/open.ts';
import { PostgresChannel } from './database/postgres-channel.ts';
import type { News } from './news.ts';

interface Relayed {
  url: string;
  db: Database;
  news: News;
  log: Logger;
}

/** How long a change stays unseen at another process when its notice was lost, in milliseconds. */
const LOOK = 5 * SECOND;

/**
 * Carries the news between the processes on one PostgreSQL. A notice names the event and the process that it comes
 * from, and no state: whoever hears it reads anew. When notices may have been missed, because the connection was cut,
 * everything is read anew; and every few seconds the events that somebody watches here are looked at, so that a notice
 * which its process had no time to send is only late.
 */
export class NewsRelay {
  private readonly news: News;
  private readonly db: Database;
  private readonly log: Logger;
  private readonly channel: PostgresChannel;
  private readonly self = crypto.randomUUID().slice(0, 8);
  private seen = new Map<EventId, number>();
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor({ url, db, news, log }: Relayed) {
    this.news = news;
    this.db = db;
    this.log = log.child({ part: 'news' });
    this.channel = new PostgresChannel({
      url,
      name: 'einlass_news',
      onMessage: (message) => this.hear(message),
      onListening: () => news.wakeAll(),
      onLost: (err) => this.log.warn({ err }, 'the news of other processes come late'),
    });
    news.relayBy((eventId) => this.channel.send(`${this.self} ${eventId}`));
    this.lookLater();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.channel.close();
  }

  private hear(message: string): void {
    const [from, eventId] = message.split(' ');
    if (from !== this.self && eventId) this.news.wake(eventId as EventId);
  }

  private lookLater(): void {
    if (this.closed) return;
    this.timer = setTimeout(() => {
      this.look()
        .catch((err: unknown) => this.log.warn({ err }, 'the events could not be looked at'))
        .finally(() => this.lookLater());
    }, LOOK).unref();
  }

  private async look(): Promise<void> {
    const watched = this.news.listenedTo();
    if (watched.length === 0) return;
    const rows = await this.db
      .selectFrom('events')
      .select(['id', 'change'])
      .where('id', 'in', watched)
      .execute();
    const before = this.seen;
    this.seen = new Map(rows.map(({ id, change }) => [id, change]));
    for (const { id, change } of rows) if (before.get(id) !== change) this.news.wake(id);
  }
}
