import type { TabletNews } from '../domain/wire.ts';
import type { DoorStore } from './store.ts';

/** What a tablet keeps for the day when everybody must leave the house, besides who is inside. */
export class AssemblyPoint {
  private readonly store: DoorStore;

  constructor(store: DoorStore) {
    this.store = store;
  }

  /** How the server last heard the event's tablets, as far as this one was told. */
  async tabletNews(): Promise<TabletNews[]> {
    return (await this.store.db.fact('tablets')) ?? [];
  }

  /** Whom the staff have found, by the keys of `evacuationList`. */
  async found(): Promise<string[]> {
    return (await this.store.db.fact('found')) ?? [];
  }

  async rememberFound(keys: string[]): Promise<void> {
    await this.store.db.setFact('found', keys);
  }
}
