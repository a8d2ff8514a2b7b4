import type { EventId } from '../domain/ids.ts';

type Listener = () => void;

/**
 * Says that something in an event has changed, without saying what: whoever listens reads anew. So a notice that is
 * lost or doubled does no harm.
 */
export class News {
  private readonly listeners = new Map<EventId, Set<Listener>>();
  private readonly everywhere = new Set<Listener>();
  private readonly closing = new Set<Listener>();

  publish(eventId: EventId): void {
    for (const listener of this.listeners.get(eventId) ?? []) listener();
    for (const listener of this.everywhere) listener();
  }

  /** Listens to all events. @returns ends the subscription */
  subscribeToAll(listener: Listener): () => void {
    this.everywhere.add(listener);
    return () => this.everywhere.delete(listener);
  }

  /**
   * @param onClose - called when the server shuts down
   * @returns ends the subscription
   */
  subscribe(eventId: EventId, listener: Listener, onClose: Listener): () => void {
    const listeners = this.listeners.get(eventId) ?? new Set();
    this.listeners.set(eventId, listeners);
    listeners.add(listener);
    this.closing.add(onClose);
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

  close(): void {
    for (const onClose of [...this.closing]) onClose();
  }
}
