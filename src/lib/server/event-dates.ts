import type { EventDates } from '../domain/event-dates.ts';
import type { EventId } from '../domain/ids.ts';
import { writeAct, type Actor } from './acts.ts';
import type { Database, Tx } from './database/open.ts';
import { editEvent, versionOf, type ChangedMeanwhile } from './event-edit.ts';
import { spanOf, touchNearbySettings, touchSetting } from './events.ts';
import type { Installation } from './installation.ts';
import { promoteWaiting } from './places.ts';

/** An event's dates, with the version that a form brings back. */
export async function readDates(
  db: Database | Tx,
  eventId: EventId,
): Promise<{ dates: EventDates; version: string }> {
  const dates = await db
    .selectFrom('events')
    .select([
      'starts_at as startsAt',
      'ends_at as endsAt',
      'registration_from as registrationFrom',
      'registration_until as registrationUntil',
      'admission_from as admissionFrom',
      'admission_until as admissionUntil',
    ])
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
  return { dates, version: versionOf(Object.values(dates)) };
}

/** Moves an event. Nobody is told by that alone. @param version - of the dates that the form showed */
export async function saveDates(
  installation: Installation,
  eventId: EventId,
  { dates, version }: { dates: EventDates; version: string },
  by: Actor = null,
): Promise<{ kind: 'saved' } | ChangedMeanwhile> {
  type Outcome = { kind: 'saved' } | ChangedMeanwhile;
  return editEvent<Outcome>(installation, eventId, async (tx, refuse) => {
    if ((await readDates(tx, eventId)).version !== version) refuse({ kind: 'changed_meanwhile' });
    const before = await spanOf(tx, eventId);
    await tx
      .updateTable('events')
      .set({
        starts_at: dates.startsAt,
        ends_at: dates.endsAt,
        registration_from: dates.registrationFrom,
        registration_until: dates.registrationUntil,
        admission_from: dates.admissionFrom,
        admission_until: dates.admissionUntil,
      })
      .where('id', '=', eventId)
      .execute();
    await touchSetting(tx, eventId);
    await touchNearbySettings(tx, installation.clock(), eventId, before);
    const details = {
      startsAt: dates.startsAt,
      endsAt: dates.endsAt,
      registrationUntil: dates.registrationUntil,
    };
    await writeAct(installation, tx, { eventId, by, kind: 'event_dates_changed', details });
    // Nobody moves up any more once an event has begun; one that is put off has not.
    const workgroups = await tx
      .selectFrom('workgroups')
      .select('id')
      .where('event_id', '=', eventId)
      .execute();
    for (const { id } of workgroups) await promoteWaiting(tx, installation, eventId, id);
    return { kind: 'saved' };
  });
}
