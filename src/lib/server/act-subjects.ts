import type { EventId } from '../domain/ids.ts';
import type { Act } from './acts.ts';
import type { Database } from './database/open.ts';

/**
 * What the subjects of acts are called today: the log itself keeps ids, so that it can outlive whom it is about.
 *
 * @returns by id; whoever is gone is missing
 */
export async function namesOfSubjects(
  db: Database,
  eventId: EventId,
  acts: readonly Pick<Act, 'subject'>[],
): Promise<Record<string, string>> {
  const ids = [...new Set(acts.flatMap(({ subject }) => subject ?? []))];
  if (ids.length === 0) return {};
  const [devices, registrations, users, tokens] = await Promise.all([
    db
      .selectFrom('devices')
      .select(['id', 'name'])
      .where('event_id', '=', eventId)
      .where('id', 'in', ids as never[])
      .execute(),
    db
      .selectFrom('registrations')
      .select(['id', 'name'])
      .where('event_id', '=', eventId)
      .where('id', 'in', ids as never[])
      .where('erased_at', 'is', null)
      .execute(),
    db.selectFrom('users').select(['id', 'name']).where('id', 'in', ids).execute(),
    db
      .selectFrom('api_tokens')
      .select(['id', 'name'])
      .where('event_id', '=', eventId)
      .where('id', 'in', ids)
      .execute(),
  ]);
  return Object.fromEntries(
    [...devices, ...registrations, ...users, ...tokens].map(({ id, name }) => [id, name]),
  );
}
