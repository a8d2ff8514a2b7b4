import type { EventId, RegistrationId, WorkgroupId } from '../../domain/ids.ts';
import { breather } from '../breather.ts';
import type { Database, Tx } from '../database/open.ts';
import { listWorkgroups, type WorkgroupPlaces } from '../events.ts';
import type { Installation } from '../installation.ts';
import type { Place } from './places.ts';
import type { KnownRegistration, Situation } from './plan.ts';

/** How many registrations are read at once, so that others need not wait long. */
const AT_ONCE = 1_000;

/** An event as a plan needs it, and by which change it is known. */
export interface ReadSituation extends Situation {
  known: Map<RegistrationId, KnownRegistration>;
  workgroups: WorkgroupPlaces[];
  /** The number of the last change that is in it. */
  change: number;
}

/** Reads an event's registrations. What changes meanwhile may be missing: `refresh` finds it. */
export async function readSituation(
  { db, clock }: Pick<Installation, 'db' | 'clock'>,
  eventId: EventId,
): Promise<ReadSituation> {
  const event = await readEvent(db, eventId);
  const known = new Map<RegistrationId, KnownRegistration>();
  const breathe = breather();
  for (let last: RegistrationId | null = null; ;) {
    let query = select(db, eventId).orderBy('id').limit(AT_ONCE);
    if (last) query = query.where('id', '>', last);
    const rows = await query.execute();
    for (const row of rows) known.set(row.id, row);
    if (rows.length < AT_ONCE) break;
    last = rows.at(-1)!.id;
    await breathe();
  }
  const workgroups = await listWorkgroups(db, eventId);
  const promotes = clock() < event.starts_at;
  return { eventId, known, workgroups, places: placesOf(workgroups), promotes, change: event.change };
}

/**
 * Brings a situation up to date, in a transaction that has locked the event by taking its next change.
 *
 * @returns whether anything has changed; `setting`: also what the words of a table may refer to
 */
export async function refresh(
  tx: Tx,
  { clock }: Pick<Installation, 'clock'>,
  situation: ReadSituation,
): Promise<'same' | 'changed' | 'setting'> {
  const { eventId, change } = situation;
  const event = await readEvent(tx, eventId);
  const rows = await select(tx, eventId).where('change', '>', change).execute();
  for (const row of rows) situation.known.set(row.id, row);
  const workgroups = await listWorkgroups(tx, eventId);
  const promotes = clock() < event.starts_at;
  const sameRules =
    promotes === situation.promotes && JSON.stringify(workgroups) === JSON.stringify(situation.workgroups);
  Object.assign(situation, { workgroups, places: placesOf(workgroups), promotes, change: event.change });
  if (event.setting_change > change) return 'setting';
  return rows.length === 0 && sameRules ? 'same' : 'changed';
}

function placesOf(workgroups: readonly WorkgroupPlaces[]): Map<WorkgroupId, Place> {
  return new Map(workgroups.map(({ id, places, taken }) => [id, { places, taken }]));
}

function readEvent(db: Database | Tx, eventId: EventId) {
  return db
    .selectFrom('events')
    .select(['change', 'setting_change', 'starts_at'])
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
}

function select(db: Database | Tx, eventId: EventId) {
  return db
    .selectFrom('registrations')
    .select([
      'id',
      'submission_id',
      'name',
      'email',
      'workgroup_id',
      'state',
      'access_needs',
      'locale',
      'affiliation',
      'first_choice_id',
      'second_choice_id',
      'host_id',
      'waiting_since',
      'erased_at',
    ])
    .where('event_id', '=', eventId);
}
