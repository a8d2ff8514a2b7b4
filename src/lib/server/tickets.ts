import { v4 } from 'uuid';
import { bytesToUuid, uuidToBytes } from '../domain/bytes.ts';
import type { EventId, RegistrationId, TicketId } from '../domain/ids.ts';
import { issueTicketText } from '../domain/ticket.ts';
import type { Tx } from './database/open.ts';
import { signingKey } from './events.ts';
import type { Installation } from './installation.ts';
import { sameBytes } from './secrets.ts';

export interface IssuedTicket {
  id: TicketId;
  /** The text of the QR code. */
  text: string;
}

/** Signs a new ticket for a workgroup; it exists once `insertTicket` has stored it. */
export async function signTicket(
  installation: Installation,
  eventId: EventId,
  workgroupNumber: number,
): Promise<IssuedTicket> {
  const { keyId, privateKey } = await signingKey(installation, eventId);
  const event = await installation.db
    .selectFrom('events')
    .select(['admission_from', 'admission_until'])
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
  const ticketId = v4() as TicketId;
  const text = await issueTicketText(
    {
      keyId,
      eventId,
      ticketId,
      workgroupNumber,
      validFrom: event.admission_from,
      validUntil: event.admission_until,
    },
    privateKey,
  );
  return { id: ticketId, text };
}

export async function insertTicket(
  tx: Tx,
  installation: Pick<Installation, 'clock'>,
  eventId: EventId,
  registrationId: RegistrationId,
  ticket: IssuedTicket,
): Promise<void> {
  await tx
    .insertInto('tickets')
    .values({
      event_id: eventId,
      id: ticket.id,
      registration_id: registrationId,
      text: ticket.text,
      issued_at: installation.clock(),
      revoked_at: null,
    })
    .execute();
}

/**
 * The unguessable end of a ticket page's address: the registration's id and a proof that this installation made it.
 * It is stored nowhere, so a stolen database opens no ticket page.
 */
export function ticketLink(
  installation: Pick<Installation, 'secrets'>,
  registrationId: RegistrationId,
): string {
  const id = uuidToBytes(registrationId);
  return Buffer.concat([id, installation.secrets.proof('ticket-link', id)]).toString('base64url');
}

/** @returns whose ticket page this is, or null when the installation has not made this link */
export function readTicketLink(
  installation: Pick<Installation, 'secrets'>,
  link: string,
): RegistrationId | null {
  const bytes = Buffer.from(link, 'base64url');
  if (bytes.length !== 32 || bytes.toString('base64url') !== link) return null;
  const id = bytes.subarray(0, 16);
  if (!sameBytes(bytes.subarray(16), installation.secrets.proof('ticket-link', id))) return null;
  return bytesToUuid(id) as RegistrationId;
}
