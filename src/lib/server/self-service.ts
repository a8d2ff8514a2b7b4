import type { EventId, RegistrationId, WorkgroupId } from '../domain/ids.ts';
import type { Millis } from '../domain/time.ts';
import type { Database, Tx } from './database/open.ts';
import type { RegistrationRow } from './database/schema.ts';
import type { MailKind } from './database/tables/registrant-tables.ts';
import { eraseRegistration } from './erasure.ts';
import { nextChange } from './database/change-numbers.ts';
import type { Installation } from './installation.ts';
import { queueMail } from './outbox.ts';
import { freePlaces, promoteWaiting, putInState, putInWorkgroup } from './places.ts';
import { readRegistration, saveDetails, type PersonDetails } from './registrations.ts';
import { replaceTicket } from './reissue.ts';
import { keepSurvey } from './surveys.ts';
import { ticketSigner } from './tickets.ts';

/** What a person may change of their own registration. */
export interface OwnChanges extends PersonDetails {
  workgroupId: WorkgroupId;
}

export type ChangeOutcome =
  | { kind: 'changed' }
  | { kind: 'full' }
  | { kind: 'unknown_workgroup' }
  /** The event has begun, or the registration is cancelled. */
  | { kind: 'too_late' };

/**
 * Changes a registration on the person's own word, until the event begins. A confirmed place is given up only for
 * another one; whoever waits may also wait for another workgroup, at the end of its list.
 */
export async function changeOwnRegistration(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
  changes: OwnChanges,
): Promise<ChangeOutcome> {
  return inOwnRegistration(installation, eventId, id, async (tx, before): Promise<ChangeOutcome> => {
    if (before.state === 'cancelled') return { kind: 'too_late' };
    const moves = changes.workgroupId !== before.workgroup_id;
    if (moves) {
      const free = await freePlaces(tx, eventId, changes.workgroupId);
      if (free === null) return { kind: 'unknown_workgroup' };
      if (free === 0 && before.state === 'confirmed') return { kind: 'full' };
    }
    const corrected = await saveDetails(tx, before, changes);
    // Saved as it stood: nothing to tell anybody.
    if (corrected === null && !moves) return { kind: 'changed' };
    const change = corrected ?? (await nextChange(tx, eventId));
    if (moves) {
      await putInWorkgroup(tx, before, changes.workgroupId, await nextChange(tx, eventId));
      await wishAnew(tx, before, changes.workgroupId);
      await promoteWaiting(tx, installation, eventId, before.workgroup_id);
      await promoteWaiting(tx, installation, eventId, changes.workgroupId);
    }
    await queueMail(tx, installation, eventId, {
      registrationId: id,
      kind: 'change',
      reason: `change:${id}:${change}`,
    });
    return { kind: 'changed' };
  });
}

/** Where somebody goes on their own word, there they wish to be: no assignment by choices shall take them back. */
async function wishAnew(
  tx: Tx,
  { id, second_choice_id: second }: RegistrationRow,
  workgroupId: WorkgroupId,
): Promise<void> {
  await tx
    .updateTable('registrations')
    .set({ first_choice_id: workgroupId, second_choice_id: second === workgroupId ? null : second })
    .where('id', '=', id)
    .execute();
}

/** Gives up the place; who waits longest for it gets it. Cancelling again changes nothing. */
export async function cancelOwnRegistration(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
): Promise<ChangeOutcome> {
  return inOwnRegistration(installation, eventId, id, async (tx, before) => {
    await cancel(tx, installation, before, 'cancellation');
    return { kind: 'changed' };
  });
}

/** Issues a new ticket on the person's own word; the earlier one no longer opens a door. */
export async function replaceOwnTicket(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
): Promise<ChangeOutcome> {
  const signer = await ticketSigner(installation, eventId);
  return inOwnRegistration(installation, eventId, id, async (tx, before) => {
    if (before.state !== 'confirmed') return { kind: 'too_late' };
    await replaceTicket(tx, installation, signer, before);
    return { kind: 'changed' };
  });
}

/** How long a ticket is not sent again after it was, in milliseconds. */
const SEND_AGAIN_AFTER = 10 * 60_000;

/**
 * Queues the ticket to be mailed once more; at most once in ten minutes, however often somebody asks.
 *
 * @returns whether it was queued
 */
export async function sendTicketAgain(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
): Promise<boolean> {
  const window = Math.floor(installation.clock() / SEND_AGAIN_AFTER);
  const reason = `again:${id}:${window}`;
  const queued = await installation.db
    .transaction()
    .execute((tx) => queueMail(tx, installation, eventId, { registrationId: id, kind: 'ticket', reason }));
  installation.news.publish(eventId);
  return queued;
}

/**
 * Erases everything personal about a registration. Before the event has ended that is also a cancellation, so that the
 * ticket opens no door for somebody unknown; afterwards the person still counts in the figures, without a name.
 */
export async function eraseOwnRegistration(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
): Promise<void> {
  await installation.db.transaction().execute(async (tx) => {
    const change = await nextChange(tx, eventId);
    const before = await readRegistration(tx, eventId, id);
    await keepSurvey(tx, installation, eventId);
    await eraseRegistration(tx, installation, id, change);
    const { ends_at } = await tx
      .selectFrom('events')
      .select('ends_at')
      .where('id', '=', eventId)
      .executeTakeFirstOrThrow();
    if (installation.clock() < ends_at) await cancel(tx, installation, before, null);
  });
  installation.news.publish(eventId);
}

/** When everything personal about a registration was erased; null while it is not, and where there is none. */
export async function erasedAt(db: Database, id: RegistrationId): Promise<Millis | null> {
  const row = await db
    .selectFrom('registrations')
    .select('erased_at')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.erased_at ?? null;
}

async function cancel(
  tx: Tx,
  installation: Installation,
  before: RegistrationRow,
  mail: MailKind | null,
): Promise<void> {
  if (before.state === 'cancelled') return;
  await putInState(tx, installation, before, 'cancelled', mail);
  if (before.state === 'confirmed')
    await promoteWaiting(tx, installation, before.event_id, before.workgroup_id);
}

/** Only before the event begins: afterwards the doors' log tells what has happened. */
async function inOwnRegistration(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
  work: (tx: Tx, before: RegistrationRow) => Promise<ChangeOutcome>,
): Promise<ChangeOutcome> {
  const outcome = await installation.db.transaction().execute(async (tx): Promise<ChangeOutcome> => {
    await nextChange(tx, eventId);
    const before = await readRegistration(tx, eventId, id);
    const { starts_at } = await tx
      .selectFrom('events')
      .select('starts_at')
      .where('id', '=', eventId)
      .executeTakeFirstOrThrow();
    if (before.erased_at !== null || installation.clock() >= starts_at) return { kind: 'too_late' };
    return work(tx, before);
  });
  if (outcome.kind === 'changed') installation.news.publish(eventId);
  return outcome;
}
