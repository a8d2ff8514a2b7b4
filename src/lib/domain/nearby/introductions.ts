import type { DeviceId } from '../ids.ts';
import { MOST_TABLETS } from './message.ts';

/** What a tablet knows of whom it could be linked to. */
export interface Acquaintance {
  self: DeviceId;
  /** Those that it is linked to, and whom each of them says that it is linked to. */
  linked: ReadonlyMap<DeviceId, readonly DeviceId[]>;
  /** Those that ask the server for signals at the moment. */
  atServer: readonly DeviceId[];
  /** Those that it is about to be linked to, or has to leave alone for a while. */
  busy: ReadonlySet<DeviceId>;
}

/** Whom to call; `via` carries the signal, null: the server does. */
export interface Call {
  to: DeviceId;
  via: DeviceId | null;
}

/**
 * Whom a tablet calls now, so that everybody who is linked to one gets linked to all. Of two tablets it is the one with
 * the lower id that calls, so that they never call each other at the same time.
 */
export function whomToCall({ self, linked, atServer, busy }: Acquaintance): Call[] {
  const calls = new Map<DeviceId, Call>();
  const consider = (to: DeviceId, via: DeviceId | null) => {
    if (to > self && !linked.has(to) && !busy.has(to) && !calls.has(to)) calls.set(to, { to, via });
  };
  for (const [via, theirs] of linked) for (const to of theirs) consider(to, via);
  for (const to of atServer) consider(to, null);
  const places = MOST_TABLETS - 1 - linked.size;
  return [...calls.values()].slice(0, Math.max(0, places));
}
