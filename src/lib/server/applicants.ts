import { setImmediate } from 'node:timers/promises';
import type { EventId, RegistrationId } from '../domain/ids.ts';
import type { Applicant } from '../domain/place-assignment.ts';
import type { Database } from './database/open.ts';

/** How many are read at a time, so that others need not wait long. */
const AT_ONCE = 1_000;

export interface Applicants {
  applicants: Applicant[];
  /** Those whom a mail about them reaches, be it by who brought them along. */
  reachable: Set<RegistrationId>;
  /** The number of the event's last change before it was read: what has another number since may be otherwise. */
  change: number;
}

/** Everybody who has a place at an event, or waits for one. */
export async function readApplicants(db: Database, eventId: EventId): Promise<Applicants> {
  const { change } = await db
    .selectFrom('events')
    .select('change')
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
  const applicants = new Map<RegistrationId, Applicant>();
  const reachable = new Set<RegistrationId>();
  for (let last: Applicant | undefined; ; await setImmediate()) {
    const rows = await nextRows(db, eventId, last);
    for (const { id, host_id, created_at, workgroup_id, first_choice_id, second_choice_id, ...row } of rows) {
      last = {
        id,
        hostId: host_id,
        registeredAt: created_at,
        workgroupId: workgroup_id,
        state: row.state === 'confirmed' ? 'confirmed' : 'waitlisted',
        firstChoiceId: first_choice_id,
        secondChoiceId: second_choice_id,
      };
      applicants.set(id, last);
      if (row.own_email ?? row.hosts_email) reachable.add(id);
    }
    if (rows.length < AT_ONCE) return { applicants: [...applicants.values()], reachable, change };
  }
}

function nextRows(db: Database, eventId: EventId, last: Applicant | undefined) {
  let query = db
    .selectFrom('registrations as person')
    .leftJoin('registrations as host', 'host.id', 'person.host_id')
    .select([
      'person.id',
      'person.host_id',
      'person.created_at',
      'person.workgroup_id',
      'person.state',
      'person.first_choice_id',
      'person.second_choice_id',
      'person.email as own_email',
      'host.email as hosts_email',
    ])
    .where('person.event_id', '=', eventId)
    .where('person.state', '!=', 'cancelled')
    .where('person.erased_at', 'is', null);
  if (last)
    query = query
      .where('person.created_at', '>=', last.registeredAt)
      .where((eb) => eb.or([eb('person.created_at', '>', last.registeredAt), eb('person.id', '>', last.id)]));
  return query.orderBy('person.created_at').orderBy('person.id').limit(AT_ONCE).execute();
}
