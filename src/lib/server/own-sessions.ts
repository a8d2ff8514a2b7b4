import { millis, type Millis } from '../domain/time.ts';
import { browserWords, type BrowserWords } from '../domain/user-agent.ts';
import type { Organiser } from './accounts.ts';
import { writeAct } from './acts.ts';
import { authOf } from './auth.ts';
import type { Installation } from './installation.ts';

/** A browser in which somebody is signed in. */
export interface OwnSession {
  id: string;
  browser: BrowserWords;
  since: Millis;
  /** Exact to an hour. */
  lastSeen: Millis;
  /** Whether it is the one that asks. */
  own: boolean;
}

/** Where somebody is signed in: here first, then by when it was used last. */
export async function listOwnSessions(installation: Installation, headers: Headers): Promise<OwnSession[]> {
  const { api } = authOf(installation);
  const own = await api.getSession({ headers, query: { disableRefresh: true } });
  const sessions = await api.listSessions({ headers });
  return sessions
    .map(({ id, userAgent, createdAt, updatedAt }) => ({
      id,
      browser: browserWords(userAgent ?? ''),
      since: millis(createdAt.getTime()),
      lastSeen: millis(updatedAt.getTime()),
      own: id === own?.session.id,
    }))
    .sort((a, b) => Number(b.own) - Number(a.own) || b.lastSeen - a.lastSeen);
}

/**
 * Ends one of somebody's other sessions, or all of them.
 *
 * @param sessionId - null for all but the one that asks
 * @returns how many were ended: none where it was over already
 */
export async function endOwnSessions(
  installation: Installation,
  headers: Headers,
  organiser: Organiser,
  sessionId: string | null,
): Promise<number> {
  const query = { disableRefresh: true };
  const own = await authOf(installation).api.getSession({ headers, query });
  if (!own) return 0;
  return installation.db.transaction().execute(async (tx) => {
    let ending = tx
      .deleteFrom('sessions')
      .where('user_id', '=', organiser.id)
      .where('id', '!=', own.session.id);
    if (sessionId !== null) ending = ending.where('id', '=', sessionId);
    const count = (await ending.returning('id').execute()).length;
    if (count > 0) {
      const details = { count };
      await writeAct(installation, tx, { eventId: null, by: organiser, kind: 'sessions_ended', details });
    }
    return count;
  });
}
