import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { DeviceId } from '../domain/ids.ts';
import { MINUTE, SECOND } from '../domain/time.ts';

/**
 * How often one tablet may ask within a minute. A tablet that is told of every scan at a busy event asks twenty times a
 * second, and one that hands in two thousand scans needs a dozen round trips; only one that has gone mad asks more.
 */
export const SYNCS_PER_MINUTE = 6_000;

/** How often one tablet may hand in signals for others within a minute; it does thirty times while links come about. */
export const SIGNALS_PER_MINUTE = 600;

const perMinute = (points: number) => new RateLimiterMemory({ points, duration: MINUTE / SECOND });
const syncs = perMinute(SYNCS_PER_MINUTE);
const signals = perMinute(SIGNALS_PER_MINUTE);

/**
 * Counts a tablet's round trip. In this process's memory alone: it spares the server, it guards no secret, and a row in
 * the database for each would cost more than it spares. There is no limit per address: all tablets of a hall have one.
 *
 * @returns in how many seconds the tablet may ask again; 0 when it may now
 */
export function paceSync(device: DeviceId): Promise<number> {
  return pace(syncs, device);
}

/** The same for signals, which never take from what a tablet may sync. */
export function paceSignals(device: DeviceId): Promise<number> {
  return pace(signals, device);
}

async function pace(limiter: RateLimiterMemory, device: DeviceId): Promise<number> {
  try {
    await limiter.consume(device);
    return 0;
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return Math.max(1, Math.ceil(refusal.msBeforeNext / SECOND));
  }
}
