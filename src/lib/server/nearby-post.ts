import type { DeviceId, EventId } from '../domain/ids.ts';
import { MOST_SIGNALS, type NearbyRequest, type NearbyResponse } from '../domain/nearby/post.ts';
import { SECOND, type Clock, type Millis } from '../domain/time.ts';

/** A tablet that has not asked for so long is not there, in milliseconds. */
const PRESENT = 30 * SECOND;
/** A signal that nobody fetches within this is of no use any more, in milliseconds. */
const KEPT = 40 * SECOND;

interface Box {
  askedAt: Millis;
  signals: { from: DeviceId; signal: string; at: Millis }[];
}

/**
 * Hands signals from one of an event's tablets to another. In this process's memory alone: they are sealed, good for
 * seconds, and whoever misses one makes another. So tablets that ask different processes are not linked by the server,
 * but by each other, or by pictures.
 */
export class NearbyPost {
  private readonly clock: Clock;
  private readonly events = new Map<EventId, Map<DeviceId, Box>>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Takes what a tablet sends, and gives it what waits for it. Only who is there is sent anything. */
  exchange(eventId: EventId, device: DeviceId, { signals }: Pick<NearbyRequest, 'signals'>): NearbyResponse {
    const now = this.clock();
    this.forgetOld(now);
    const boxes = this.events.get(eventId) ?? new Map<DeviceId, Box>();
    this.events.set(eventId, boxes);
    const own = boxes.get(device) ?? { askedAt: now, signals: [] };
    boxes.set(device, { askedAt: now, signals: [] });
    for (const { to, signal } of signals) {
      const box = to === device ? undefined : boxes.get(to);
      if (box) box.signals = [...box.signals, { from: device, signal, at: now }].slice(-MOST_SIGNALS);
    }
    return {
      signals: own.signals.map(({ from, signal }) => ({ from, signal })),
      present: [...boxes.keys()].filter((other) => other !== device),
    };
  }

  private forgetOld(now: Millis): void {
    for (const [eventId, boxes] of this.events) {
      for (const [device, box] of boxes) {
        if (now - box.askedAt > PRESENT) boxes.delete(device);
        else box.signals = box.signals.filter(({ at }) => now - at <= KEPT);
      }
      if (boxes.size === 0) this.events.delete(eventId);
    }
  }
}

const posts = new WeakMap<object, NearbyPost>();

/** The installation's own. */
export function nearbyPostOf(installation: { clock: Clock }): NearbyPost {
  const post = posts.get(installation) ?? new NearbyPost(installation.clock);
  posts.set(installation, post);
  return post;
}
