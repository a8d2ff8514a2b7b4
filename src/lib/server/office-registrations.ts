import type { EventId, RegistrationId, WorkgroupId } from '../domain/ids.ts';
import { writeAct, type Actor } from './acts.ts';
import type { Tx } from './database/open.ts';
import type { RegistrationRow } from './database/schema.ts';
import { nextChange } from './database/change-numbers.ts';
import type { Installation } from './installation.ts';
import { findAddress, queueMail } from './outbox.ts';
import {
  cancelRegistrations,
  freePlaces,
  moveRegistrations,
  putInState,
  type MoveOutcome,
} from './places.ts';
import { findRegistration, saveDetails, type PersonDetails } from './registrations.ts';
import { replaceTicket } from './reissue.ts';
import { sendTicketAgain } from './self-service.ts';
import { ticketSigner } from './tickets.ts';

/**
 * What the office does with registrations on its own word. Other than registrants themselves it may do so at any time,
 * and give away more places than there are.
 */

/** The registration is not, or no longer, as this needs it: cancelled, erased, or confirmed already. */
export interface NotPossible {
  kind: 'not_possible';
}

/** Corrects what somebody has said of themselves, and tells them by mail; not whoever is cancelled. */
export function correctRegistration(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
  details: PersonDetails,
  by: Actor = null,
): Promise<{ kind: 'corrected' | 'unchanged' } | NotPossible> {
  return inRegistration(installation, eventId, id, async (tx, before) => {
    const change = await saveDetails(tx, before, details);
    if (change === null) return { kind: 'unchanged' };
    await writeAct(installation, tx, { eventId, by, kind: 'registration_corrected', subject: id });
    if (before.state !== 'cancelled') {
      const reason = `change:${id}:${change}`;
      await queueMail(tx, installation, eventId, { registrationId: id, kind: 'change', reason });
    }
    return { kind: 'corrected' };
  });
}

/** Gives somebody who waits a place, before others who wait longer. @param overbook - also where none is free */
export function confirmWaiting(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
  { overbook }: { overbook: boolean },
  by: Actor = null,
): Promise<{ kind: 'confirmed' | 'full' } | NotPossible> {
  return inRegistration(installation, eventId, id, async (tx, before) => {
    if (before.state !== 'waitlisted') return { kind: 'not_possible' };
    const free = await freePlaces(tx, eventId, before.workgroup_id);
    if (!free && !overbook) return { kind: 'full' };
    await putInState(tx, installation, before, 'confirmed', 'promotion');
    await writeAct(installation, tx, { eventId, by, kind: 'registration_confirmed', subject: id });
    return { kind: 'confirmed' };
  });
}

/** Issues a new ticket, which goes by mail; the earlier one no longer opens a door. */
export async function reissueByOffice(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
  by: Actor = null,
): Promise<{ kind: 'reissued' } | NotPossible> {
  const signer = await ticketSigner(installation, eventId);
  return inRegistration(installation, eventId, id, async (tx, before) => {
    if (before.state !== 'confirmed') return { kind: 'not_possible' };
    await replaceTicket(tx, installation, signer, before);
    await writeAct(installation, tx, { eventId, by, kind: 'ticket_reissued', subject: id });
    return { kind: 'reissued' };
  });
}

/** Sends the ticket once more; at most once in ten minutes. */
export async function sendByOffice(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
): Promise<{ kind: 'sent' | 'sent_before' | 'no_address' } | NotPossible> {
  const registration = await findRegistration(installation.db, eventId, id);
  if (registration?.state !== 'confirmed' || registration.erased_at !== null) return { kind: 'not_possible' };
  if (!(await findAddress(installation.db, id))) return { kind: 'no_address' };
  return { kind: (await sendTicketAgain(installation, eventId, id)) ? 'sent' : 'sent_before' };
}

async function inRegistration<Outcome extends { kind: string }>(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
  work: (tx: Tx, before: RegistrationRow) => Promise<Outcome | NotPossible>,
): Promise<Outcome | NotPossible> {
  const outcome = await installation.db.transaction().execute(async (tx) => {
    await nextChange(tx, eventId);
    const before = await findRegistration(tx, eventId, id);
    if (!before || before.erased_at !== null) return { kind: 'not_possible' } as const;
    return work(tx, before);
  });
  installation.news.publish(eventId);
  return outcome;
}

/** What shall be done with several registrations at once. */
export type Batch = { kind: 'move'; workgroupId: WorkgroupId; overbook: boolean } | { kind: 'cancel' };

export type BatchOutcome =
  | Exclude<MoveOutcome, { kind: 'moved' }>
  | {
      kind: 'done';
      /** Whom it concerned; the others stay as they are. */
      changed: RegistrationRow[];
      /** Who gets a place by it. */
      promoted: RegistrationRow[];
      mails: number;
    };

/** Moves or cancels registrations, all in one transaction. */
export async function runBatch(
  installation: Installation,
  eventId: EventId,
  ids: RegistrationId[],
  batch: Batch,
  by: Actor = null,
): Promise<BatchOutcome> {
  const kind = batch.kind === 'move' ? 'registration_moved' : 'registration_cancelled';
  const outcome = await installation.db.transaction().execute(async (tx) => {
    const done = await inBatch(tx, installation, eventId, ids, batch);
    for (const { id } of done.kind === 'done' ? done.changed : [])
      await writeAct(installation, tx, { eventId, by, kind, subject: id });
    return done;
  });
  installation.news.publish(eventId);
  return outcome;
}

/** Says what `runBatch` would do: it is done, looked at and taken back, so that the two can't differ. */
export async function previewBatch(
  installation: Installation,
  eventId: EventId,
  ids: RegistrationId[],
  batch: Batch,
): Promise<BatchOutcome> {
  const tx = await installation.db.startTransaction().execute();
  try {
    return await inBatch(tx, installation, eventId, ids, batch);
  } finally {
    await tx.rollback().execute();
  }
}

async function inBatch(
  tx: Tx,
  installation: Installation,
  eventId: EventId,
  ids: RegistrationId[],
  batch: Batch,
): Promise<BatchOutcome> {
  const before = await countMails(tx, eventId);
  const done = async (changed: RegistrationRow[], promoted: RegistrationRow[]) =>
    ({ kind: 'done', changed, promoted, mails: (await countMails(tx, eventId)) - before }) as const;
  if (batch.kind === 'cancel') {
    const { cancelled, promoted } = await cancelRegistrations(tx, installation, eventId, ids);
    return done(cancelled, promoted);
  }
  const outcome = await moveRegistrations(tx, installation, eventId, ids, batch);
  return outcome.kind === 'moved' ? done(outcome.moved, outcome.promoted) : outcome;
}

async function countMails(tx: Tx, eventId: EventId): Promise<number> {
  const { count } = await tx
    .selectFrom('mails')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('event_id', '=', eventId)
    .executeTakeFirstOrThrow();
  return Number(count);
}
