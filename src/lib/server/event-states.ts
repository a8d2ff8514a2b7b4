import * as v from 'valibot';
import { EventState } from '../domain/event-state.ts';
import type { EventId } from '../domain/ids.ts';
import { ChangeSchema, type Change, type ChangeWire } from '../domain/wire.ts';
import type { Database } from './database/open.ts';
import { readFeed } from './feed.ts';

interface Kept {
  state: EventState;
  position: number;
  rewrites: number;
  catchingUp: Promise<void> | null;
}

/** How many events' states are kept in memory; the one not asked for longest goes first. */
const STATES_KEPT = 50;

/**
 * The state of each event that somebody looks at, folded from the same feed that the tablets read. It is derived, and
 * so never stored: a server that starts anew, or a second one beside it, folds the same.
 */
export class EventStates {
  private readonly db: Database;
  private readonly kept = new Map<EventId, Promise<Kept>>();

  constructor(db: Database) {
    this.db = db;
  }

  /** The state with everything that was committed before the call. */
  async read(eventId: EventId): Promise<EventState> {
    return (await this.readAt(eventId)).state;
  }

  /** What `read` gives, and the number of the last change in it. */
  async readAt(eventId: EventId): Promise<{ state: EventState; position: number }> {
    const kept = await this.open(eventId);
    // A catch-up under way may have read before this caller's news was committed; the next one has not.
    if (kept.catchingUp) await kept.catchingUp;
    kept.catchingUp ??= this.catchUp(eventId, kept).finally(() => (kept.catchingUp = null));
    await kept.catchingUp;
    return { state: kept.state, position: kept.position };
  }

  /** What `read` gives; null before the first scan of the event, when there is nothing to fold. */
  async readScanned(eventId: EventId): Promise<EventState | null> {
    const scan = await this.db
      .selectFrom('scans')
      .select('id')
      .where('event_id', '=', eventId)
      .limit(1)
      .executeTakeFirst();
    return scan ? this.read(eventId) : null;
  }

  private open(eventId: EventId): Promise<Kept> {
    const opening = this.kept.get(eventId) ?? this.begin(eventId);
    this.kept.delete(eventId);
    this.kept.set(eventId, opening);
    opening.catch(() => this.kept.delete(eventId));
    if (this.kept.size > STATES_KEPT) this.kept.delete(this.kept.keys().next().value!);
    return opening;
  }

  private async begin(eventId: EventId): Promise<Kept> {
    const first = await readFeed(this.db, eventId, 0);
    const changes = first.changes.map(typedChange);
    const setting = changes.find((change) => change.kind === 'setting');
    if (!setting) throw new Error('the feed did not begin with the setting');
    const { position, rewrites } = first;
    const kept: Kept = { state: new EventState(setting.setting), position, rewrites, catchingUp: null };
    for (const change of changes) kept.state.apply(change);
    return kept;
  }

  private async catchUp(eventId: EventId, kept: Kept): Promise<void> {
    for (let more = true; more;) {
      const page = await readFeed(this.db, eventId, kept.position);
      if (page.rewrites !== kept.rewrites) {
        // By whichever process: what was folded here still tells what has been erased.
        const { state, position, rewrites } = await this.begin(eventId);
        Object.assign(kept, { state, position, rewrites });
        continue;
      }
      for (const change of page.changes) kept.state.apply(typedChange(change));
      kept.position = page.position;
      more = page.more;
    }
  }
}

/** What comes from the own database was parsed when it went in; only the setting's keys have another form there. */
function typedChange(change: ChangeWire): Change {
  return change.kind === 'setting' ? v.parse(ChangeSchema, change) : (change as Change);
}
