import { RateLimiterRes } from 'rate-limiter-flexible';
import RateLimiterStore from 'rate-limiter-flexible/lib/RateLimiterStoreAbstract.js';
import { addMillis, SECOND, type Clock, type Millis } from '../domain/time.ts';
import type { Database } from './database/open.ts';

interface Counted {
  count: number;
  until: Millis;
}

/**
 * rate-limiter-flexible's counts in the installation's own database, so that several server processes count together.
 * A count begins with the first attempt and is forgotten when its time ends, by the installation's clock.
 */
export class AttemptStore extends RateLimiterStore<Counted> {
  private readonly db: Database;
  private readonly clock: Clock;

  /** @param limit - how many attempts, and within how many milliseconds */
  constructor({ db, clock }: { db: Database; clock: Clock }, limit: { max: number; window: number }) {
    super({ storeClient: db, keyPrefix: '', points: limit.max, duration: limit.window / SECOND });
    this.db = db;
    this.clock = clock;
  }

  protected async _upsert(
    key: string,
    points: number,
    duration: number,
    forceExpire: boolean,
  ): Promise<Counted> {
    const now = this.clock();
    const until = addMillis(now, duration);
    await this.db.deleteFrom('attempts').where('until', '<=', now).execute();
    return this.db
      .insertInto('attempts')
      .values({ key, count: points, until })
      .onConflict((conflict) =>
        conflict
          .column('key')
          .doUpdateSet((eb) =>
            forceExpire ? { count: points, until } : { count: eb('attempts.count', '+', points) },
          ),
      )
      .returning(['count', 'until'])
      .executeTakeFirstOrThrow();
  }

  protected async _get(key: string): Promise<Counted | null> {
    const row = await this.db
      .selectFrom('attempts')
      .select(['count', 'until'])
      .where('key', '=', key)
      .where('until', '>', this.clock())
      .executeTakeFirst();
    return row ?? null;
  }

  protected async _delete(key: string): Promise<boolean> {
    const { numDeletedRows } = await this.db
      .deleteFrom('attempts')
      .where('key', '=', key)
      .executeTakeFirstOrThrow();
    return numDeletedRows > 0;
  }

  protected _getRateLimiterRes(_key: string, changed: number, { count, until }: Counted): RateLimiterRes {
    return new RateLimiterRes(
      Math.max(0, this.points - count),
      Math.max(0, until - this.clock()),
      count,
      count === changed,
    );
  }
}
