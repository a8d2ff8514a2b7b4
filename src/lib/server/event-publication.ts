import type { EventId } from '../domain/ids.ts';
import { registrationWindow } from '../domain/registration-window.ts';
import { writeAct, type Actor } from './acts.ts';
import type { Tx } from './database/open.ts';
import type { EventRow } from './database/schema.ts';
import { editEvent } from './event-edit.ts';
import { missingToPublish, type Missing } from './event-readiness.ts';
import type { Installation } from './installation.ts';

export type PublishOutcome =
  { kind: 'published' } | { kind: 'already' } | { kind: 'not_ready'; missing: Missing[] };

/** Shows a draft to everybody, and opens registration when its date has come. */
export function publishEvent(
  installation: Installation,
  eventId: EventId,
  by: Actor = null,
): Promise<PublishOutcome> {
  return editEvent<PublishOutcome>(installation, eventId, async (tx, refuse) => {
    if ((await eventRow(tx, eventId)).published_at !== null) return { kind: 'already' };
    const missing = await missingToPublish(tx, eventId, installation.clock());
    if (missing.length > 0) refuse({ kind: 'not_ready', missing });
    await tx
      .updateTable('events')
      .set({ published_at: installation.clock() })
      .where('id', '=', eventId)
      .execute();
    await writeAct(installation, tx, { eventId, by, kind: 'event_published' });
    return { kind: 'published' };
  });
}

export type WithdrawOutcome = { kind: 'withdrawn' } | { kind: 'already' } | { kind: 'has_registrations' };

/** Makes an event a draft again; only while nobody has registered, whose tickets lead to its page. */
export function withdrawEvent(
  installation: Installation,
  eventId: EventId,
  by: Actor = null,
): Promise<WithdrawOutcome> {
  return editEvent<WithdrawOutcome>(installation, eventId, async (tx) => {
    if ((await eventRow(tx, eventId)).published_at === null) return { kind: 'already' };
    const somebody = await tx
      .selectFrom('registrations')
      .select('id')
      .where('event_id', '=', eventId)
      .limit(1)
      .executeTakeFirst();
    if (somebody) return { kind: 'has_registrations' };
    await tx.updateTable('events').set({ published_at: null }).where('id', '=', eventId).execute();
    await writeAct(installation, tx, { eventId, by, kind: 'event_withdrawn' });
    return { kind: 'withdrawn' };
  });
}

/** Nobody can register any more, whatever the dates say. Closing twice closes once. */
export function closeRegistration(
  installation: Installation,
  eventId: EventId,
  by: Actor = null,
): Promise<{ kind: 'closed' } | { kind: 'already' }> {
  type Outcome = { kind: 'closed' } | { kind: 'already' };
  return editEvent<Outcome>(installation, eventId, async (tx) => {
    const window = windowOf(await eventRow(tx, eventId), installation);
    if (window.kind !== 'open' && window.kind !== 'not_yet') return { kind: 'already' };
    await tx
      .updateTable('events')
      .set({ registration_closed_at: installation.clock() })
      .where('id', '=', eventId)
      .execute();
    await writeAct(installation, tx, { eventId, by, kind: 'registration_closed' });
    return { kind: 'closed' };
  });
}

export type OpenOutcome = { kind: 'opened' } | { kind: 'already' } | { kind: 'deadline_over' };

/** People can register from now on, until the deadline: whether it was closed by hand or its date is still to come. */
export function openRegistration(
  installation: Installation,
  eventId: EventId,
  by: Actor = null,
): Promise<OpenOutcome> {
  return editEvent<OpenOutcome>(installation, eventId, async (tx) => {
    const row = await eventRow(tx, eventId);
    const now = installation.clock();
    if (now > row.registration_until) return { kind: 'deadline_over' };
    const window = windowOf(row, installation);
    if (window.kind === 'open' || window.kind === 'draft') return { kind: 'already' };
    await tx
      .updateTable('events')
      .set({
        registration_closed_at: null,
        registration_from:
          row.registration_from !== null && row.registration_from > now ? now : row.registration_from,
      })
      .where('id', '=', eventId)
      .execute();
    await writeAct(installation, tx, { eventId, by, kind: 'registration_opened' });
    return { kind: 'opened' };
  });
}

export type AddressOutcome = { kind: 'saved' } | { kind: 'taken' } | { kind: 'published'; slug: string };

/**
 * Gives a draft another address. A published event keeps its own: it is on posters, in mails and in search engines.
 *
 * @param slug - as `EventSlugSchema` has it
 */
export function changeAddress(
  installation: Installation,
  eventId: EventId,
  slug: string,
  by: Actor = null,
): Promise<AddressOutcome> {
  return editEvent<AddressOutcome>(installation, eventId, async (tx) => {
    const event = await eventRow(tx, eventId);
    if (event.slug === slug) return { kind: 'saved' };
    if (event.published_at !== null) return { kind: 'published', slug: event.slug };
    if (await isTaken(tx, slug)) return { kind: 'taken' };
    await tx.updateTable('events').set({ slug }).where('id', '=', eventId).execute();
    await writeAct(installation, tx, { eventId, by, kind: 'event_address_changed', details: { slug } });
    return { kind: 'saved' };
  });
}

async function isTaken(tx: Tx, slug: string): Promise<boolean> {
  const other = await tx.selectFrom('events').select('id').where('slug', '=', slug).executeTakeFirst();
  return other !== undefined;
}

function eventRow(tx: Tx, eventId: EventId): Promise<EventRow> {
  return tx.selectFrom('events').selectAll().where('id', '=', eventId).executeTakeFirstOrThrow();
}

function windowOf(row: EventRow, { clock }: Installation) {
  return registrationWindow(
    {
      publishedAt: row.published_at,
      registrationFrom: row.registration_from,
      registrationUntil: row.registration_until,
      registrationClosedAt: row.registration_closed_at,
    },
    clock(),
  );
}
