import type { EventId } from '../domain/ids.ts';

type Listener = () => void;

/**
 * Says that something in an event has changed, without saying what: whoever listens reads anew. So a notice that is
 * lost or doubled does no harm. Who listens at the other processes on the same database hears of it through a relay.
 */
export class News {
  private readonly listeners = new Map<EventId, Set<Listener>>();
  private readonly everywhere = new Set<Listener>();
  private readonly closing = new Set<Listener>();
  private relay: (eventId: EventId) => void = () => undefined;
  private closed = false;

  /** Something was changed by this process, and is committed. */
  publish(eventId: EventId): void {
    this.wake(eventId);
    this.relay(eventId);
  }

  /** Something was changed, by whomever: who listens here is told. */
  wake(eventId: EventId): void {
    for (const listener of this.listeners.get(eventId) ?? []) listener();
    for (const listener of this.everywhere) listener();
  }

  /** Anything may have been changed. */
  wakeAll(): void {
    for (const listeners of this.listeners.values()) for (const listener of listeners) listener();
    for (const listener of this.everywhere) listener();
  }

  /** @param relay - is handed what this process publishes, to tell it to the others */
  relayBy(relay: (eventId: EventId) => void): void {
    this.relay = relay;
  }

  /** Listens to all events. @returns ends the subscription */
  subscribeToAll(listener: Listener): () => void {
    this.everywhere.add(listener);
    return () => this.everywhere.delete(listener);
  }

  /**
   * @param onClose - called when the server shuts down, or soon where it does so already
   * @returns ends the subscription
   */
  subscribe(eventId: EventId, listener: Listener, onClose: Listener): () => void {
    const listeners = this.listeners.get(eventId) ?? new Set();
    this.listeners.set(eventId, listeners);
    listeners.add(listener);
    this.closing.add(onClose);
    if (this.closed) queueMicrotask(onClose);
    return () => {
      listeners.delete(listener);
      this.closing.delete(onClose);
      if (listeners.size === 0) this.listeners.delete(eventId);
    };
  }

  /** How many listen to an event. */
  count(eventId: EventId): number {
    return this.listeners.get(eventId)?.size ?? 0;
  }

  /** The events that somebody listens to here. */
  listenedTo(): EventId[] {
    return [...this.listeners.keys()];
  }

  close(): void {
    this.closed = true;
    for (const onClose of [...this.closing]) onClose();
  }
}
