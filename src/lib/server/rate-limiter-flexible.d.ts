/** The package's base class for stores of one's own: its types name it, but its entry point does not export it. */
declare module 'rate-limiter-flexible/lib/RateLimiterStoreAbstract.js' {
  import { RateLimiterStoreAbstract, type RateLimiterRes } from 'rate-limiter-flexible';

  export default abstract class RateLimiterStore<Stored> extends RateLimiterStoreAbstract {
    /** Adds points to a key's count, or (`forceExpire`) sets the count and starts its time anew. */
    protected abstract _upsert(
      key: string,
      points: number,
      duration: number,
      forceExpire: boolean,
    ): Promise<Stored>;
    protected abstract _get(key: string): Promise<Stored | null>;
    protected abstract _delete(key: string): Promise<boolean>;
    protected abstract _getRateLimiterRes(key: string, changed: number, stored: Stored): RateLimiterRes;
  }
}
