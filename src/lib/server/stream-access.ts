import type { DeviceId, EventId } from '../domain/ids.ts';
import type { Standing } from '../domain/office-rights.ts';
import type { Organiser } from './accounts.ts';
import { Batched } from './batched.ts';
import type { Database } from './database/open.ts';
import type { DeviceRow } from './database/schema.ts';
import { listEvents } from './events.ts';
import type { Installation } from './installation.ts';
import { sameText } from './secrets.ts';

type Watcher = Pick<Organiser, 'id' | 'session'>;

interface Questions {
  watchers: Map<EventId, Batched<Watcher, Standing | null>>;
  tablets: Batched<DeviceId, string | null>;
}

const questions = new WeakMap<Database, Questions>();

function questionsOf(db: Database): Questions {
  const known = questions.get(db) ?? {
    watchers: new Map<EventId, Batched<Watcher, Standing | null>>(),
    tablets: new Batched((ids: DeviceId[]) => readTokenHashes(db, ids)),
  };
  questions.set(db, known);
  return known;
}

/**
 * What somebody who has an event's live page open is to the event by now; null when the session has ended, or
 * the account is disabled. A thousand pages that ask at once are one query.
 */
export async function standingOfWatcher(
  { db, clock }: Pick<Installation, 'db' | 'clock'>,
  watcher: Watcher,
  eventId: EventId,
): Promise<Standing | null> {
  // One that was prolonged elsewhere is found again when the page connects anew.
  if (clock() >= watcher.session.until) return null;
  const { watchers } = questionsOf(db);
  const ofEvent =
    watchers.get(eventId) ?? new Batched((asked: Watcher[]) => readStandings(db, asked, eventId));
  watchers.set(eventId, ofEvent);
  return ofEvent.ask(watcher);
}

/** Whether a tablet whose stream is open may still hear news: it is in use, and has not been paired anew since. */
export async function mayTabletListen(
  { db }: Pick<Installation, 'db'>,
  { id, token_hash }: Pick<DeviceRow, 'id' | 'token_hash'>,
): Promise<boolean> {
  const hash = await questionsOf(db).tablets.ask(id);
  return hash !== null && sameText(hash, token_hash);
}

/** Has every open live page ask now whether it may still look: somebody's sessions have ended. */
export async function askOpenPages({ db, news }: Pick<Installation, 'db' | 'news'>): Promise<void> {
  for (const { id } of await listEvents(db)) news.publish(id);
}

async function readStandings(
  db: Database,
  watchers: Watcher[],
  eventId: EventId,
): Promise<(Standing | null)[]> {
  const rows = await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .leftJoin('administrators', 'administrators.user_id', 'sessions.user_id')
    .leftJoin('members', (join) =>
      join.onRef('members.user_id', '=', 'sessions.user_id').on('members.event_id', '=', eventId),
    )
    .select(['sessions.id', 'administrators.user_id as administrator', 'members.role'])
    .where('users.disabled_at', 'is', null)
    .where('sessions.id', 'in', [...new Set(watchers.map(({ session }) => session.id))])
    .execute();
  const standings = new Map(
    rows.map(({ id, administrator, role }): [string, Standing] => [
      id,
      { administrator: administrator !== null, role },
    ]),
  );
  return watchers.map(({ session }) => standings.get(session.id) ?? null);
}

/** Of the tablets that are in use; null for the others. */
async function readTokenHashes(db: Database, ids: DeviceId[]): Promise<(string | null)[]> {
  const rows = await db
    .selectFrom('devices')
    .select(['id', 'token_hash'])
    .where('id', 'in', [...new Set(ids)])
    .where('revoked_at', 'is', null)
    .execute();
  const hashes = new Map(rows.map(({ id, token_hash }) => [id, token_hash]));
  return ids.map((id) => hashes.get(id) ?? null);
}
