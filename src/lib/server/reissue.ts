import type { EventId, RegistrationId } from '../domain/ids.ts';
import { lockEvent } from './database/locks.ts';
import type { Tx } from './database/open.ts';
import type { RegistrationRow } from './database/schema.ts';
import { nextChange } from './database/change-numbers.ts';
import type { Installation } from './installation.ts';
import { queueMail } from './outbox.ts';
import { readRegistration } from './registrations.ts';
import { insertTicket, ticketSigner, type TicketSigner } from './tickets.ts';

/** Issues a new ticket and revokes every earlier one of this registration. */
export async function reissueTicket(
  installation: Installation,
  eventId: EventId,
  id: RegistrationId,
): Promise<void> {
  const signer = await ticketSigner(installation, eventId);
  await installation.db.transaction().execute(async (tx) => {
    await lockEvent(tx, eventId);
    await replaceTicket(tx, installation, signer, await readRegistration(tx, eventId, id));
  });
  installation.news.publish(eventId);
}

/** Within a transaction, what `reissueTicket` does; the new ticket is queued to be mailed. */
export async function replaceTicket(
  tx: Tx,
  installation: Installation,
  signer: TicketSigner,
  registration: RegistrationRow,
): Promise<void> {
  const { event_id: eventId, id } = registration;
  const change = await nextChange(tx, eventId);
  await tx
    .updateTable('tickets')
    .set({ revoked_at: installation.clock() })
    .where('registration_id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
  await insertTicket(tx, installation, eventId, id, await signer.sign(registration.workgroup_id));
  await tx.updateTable('registrations').set({ change }).where('id', '=', id).execute();
  await queueMail(tx, installation, eventId, {
    registrationId: id,
    kind: 'ticket',
    reason: `reissue:${id}:${change}`,
  });
}
