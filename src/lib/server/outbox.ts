import { v7 } from 'uuid';
import type { EventId, RegistrationId } from '../domain/ids.ts';
import { addMillis, DAY, type Millis } from '../domain/time.ts';
import type { Database, Tx } from './database/open.ts';
import type { MailKind } from './database/tables/registrant-tables.ts';
import type { Installation } from './installation.ts';

/** A mail that shall be sent. What it says is written when it goes, so that it tells what is true then. */
export interface NewMail {
  registrationId: RegistrationId;
  kind: MailKind;
  /** What has happened; a second mail for the same reason is not queued. */
  reason: string;
  /** From when on nobody needs it any more; by default a day after the event. */
  expiresAt?: Millis;
}

/**
 * Puts a mail into the outbox, in the transaction of what it tells: so there is one exactly when that has happened.
 * For somebody who has given no address, nor has who brought them along, there is none.
 *
 * @returns whether there is a mail that was not there before
 */
export async function queueMail(
  tx: Tx,
  installation: Installation,
  eventId: EventId,
  { registrationId, kind, reason, expiresAt }: NewMail,
): Promise<boolean> {
  if (!(await findAddress(tx, registrationId))) return false;
  const now = installation.clock();
  const { ends_at } = await tx
    .selectFrom('events')
    .select('ends_at')
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('mails')
    .values({
      event_id: eventId,
      id: v7(),
      registration_id: registrationId,
      kind,
      reason,
      state: 'waiting',
      attempts: 0,
      next_attempt_at: now,
      created_at: now,
      expires_at: expiresAt ?? addMillis(ends_at, DAY),
    })
    .onConflict((conflict) => conflict.column('reason').doNothing())
    .executeTakeFirstOrThrow();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** The address that mails about a registration go to: the person's own, or that of who brought them along. */
export async function findAddress(db: Database | Tx, registrationId: RegistrationId): Promise<string | null> {
  const row = await db
    .selectFrom('registrations as person')
    .leftJoin('registrations as host', 'host.id', 'person.host_id')
    .select(['person.email as own', 'host.email as hosts'])
    .where('person.id', '=', registrationId)
    .executeTakeFirst();
  return row?.own ?? row?.hosts ?? null;
}
