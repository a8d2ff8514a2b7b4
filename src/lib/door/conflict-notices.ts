import type { Conflict } from '../domain/conflict.ts';
import type { DeviceId } from '../domain/ids.ts';
import type { DoorStore } from './store.ts';

/** A conflict as the staff at a tablet are told of it. */
export interface ConflictNotice {
  /** The same while the same scans are concerned. */
  key: string;
  conflict: Conflict;
  /** A scan of this tablet is concerned. */
  own: boolean;
  seen: boolean;
}

/** The conflicts that the tablet knows of: its own first, then the latest first. */
export class ConflictNotices {
  private readonly store: DoorStore;
  private seen: ReadonlySet<string> = new Set();

  constructor(store: DoorStore) {
    this.store = store;
  }

  async load(): Promise<void> {
    this.seen = new Set(await this.store.db.fact('seenConflicts'));
  }

  list(): ConflictNotice[] {
    const { state, identity } = this.store;
    if (!state || !identity) return [];
    return state
      .conflicts()
      .map((conflict) => this.noticeOf(conflict, identity.deviceId))
      .sort((a, b) => Number(b.own) - Number(a.own) || lastTime(b) - lastTime(a));
  }

  /** The staff have seen it. It stays in the office's list until it is settled there. */
  async markSeen(key: string): Promise<void> {
    this.seen = new Set([...this.seen, key]);
    await this.store.db.setFact('seenConflicts', [...this.seen]);
  }

  private noticeOf(conflict: Conflict, deviceId: DeviceId): ConflictNotice {
    const key = conflict.scans
      .map(({ id }) => id)
      .sort()
      .join(' ');
    const own = conflict.scans.some((scan) => scan.deviceId === deviceId);
    return { key, conflict, own, seen: this.seen.has(key) };
  }
}

function lastTime({ conflict }: ConflictNotice): number {
  return conflict.scans.at(-1)?.deviceTime ?? 0;
}
