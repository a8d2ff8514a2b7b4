import type { EventId, RegistrationId } from '../domain/ids.ts';
import type { Millis } from '../domain/time.ts';
import type { Database } from './database/open.ts';

/** How many of those who stayed are named at the most. */
const MOST_NAMED = 50;

/** The last assignment of an event that was applied, and what became of it. */
export interface AssignmentRecord {
  id: string;
  at: Millis;
  undoneAt: Millis | null;
  /** How many people it moved. */
  moved: number;
  /** How many of them were put back. */
  putBack: number;
  /** The first of those who were not, although it was undone. */
  left: { id: RegistrationId; name: string; why: 'changed_since' | 'full' }[];
}

/** @returns null where there has been none */
export async function readLastAssignment(db: Database, eventId: EventId): Promise<AssignmentRecord | null> {
  const assignment = await db
    .selectFrom('assignments')
    .select(['id', 'at', 'undone_at'])
    .where('event_id', '=', eventId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!assignment) return null;
  const counts = await db
    .selectFrom('assignment_moves')
    .select(['undone', (eb) => eb.fn.countAll<number>().as('count')])
    .where('assignment_id', '=', assignment.id)
    .groupBy('undone')
    .execute();
  const left = await db
    .selectFrom('assignment_moves')
    .innerJoin('registrations', 'registrations.id', 'assignment_moves.registration_id')
    .select(['registrations.id', 'registrations.name', 'assignment_moves.undone'])
    .where('assignment_id', '=', assignment.id)
    .where('undone', 'in', ['changed_since', 'full'])
    .orderBy('registrations.name_key')
    .orderBy('registrations.id')
    .limit(MOST_NAMED)
    .execute();
  return {
    id: assignment.id,
    at: assignment.at,
    undoneAt: assignment.undone_at,
    moved: counts.reduce((sum, { count }) => sum + Number(count), 0),
    putBack: Number(counts.find(({ undone }) => undone === 'put_back')?.count ?? 0),
    left: left.map(({ id, name, undone }) => ({
      id,
      name,
      why: undone === 'full' ? 'full' : 'changed_since',
    })),
  };
}

/** The names of some of an event's registrations, by id; empty for whoever is erased. */
export async function readNames(
  db: Database,
  eventId: EventId,
  ids: readonly RegistrationId[],
): Promise<Map<RegistrationId, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('registrations')
    .select(['id', 'name'])
    .where('event_id', '=', eventId)
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
