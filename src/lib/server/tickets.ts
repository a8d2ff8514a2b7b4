import { v4 } from 'uuid';
import { bytesToUuid, uuidToBytes } from '../domain/bytes.ts';
import type { EventId, RegistrationId, TicketId, WorkgroupId } from '../domain/ids.ts';
import { issueTicketText } from '../domain/ticket.ts';
import { localizeHref, type Locale } from '../i18n/index.ts';
import type { Tx } from './database/open.ts';
import { listWorkgroups, signingKey } from './events.ts';
import type { Installation } from './installation.ts';
import { sameBytes } from './secrets.ts';

export interface IssuedTicket {
  id: TicketId;
  /** The text of the QR code. */
  text: string;
}

/** Signs an event's tickets. It is made before a transaction, so that the transaction reads no key. */
export interface TicketSigner {
  /** Makes a ticket; it exists once `insertTicket` has stored it. @throws when the event has no such workgroup */
  sign(workgroupId: WorkgroupId): Promise<IssuedTicket>;
}

export async function ticketSigner(installation: Installation, eventId: EventId): Promise<TicketSigner> {
  const { db } = installation;
  const { keyId, privateKey } = await signingKey(installation, eventId);
  const event = await db
    .selectFrom('events')
    .select(['admission_from', 'admission_until'])
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
  const workgroups = await listWorkgroups(db, eventId);
  return {
    async sign(workgroupId) {
      const workgroup = workgroups.find(({ id }) => id === workgroupId);
      if (!workgroup) throw new Error('the event has no such workgroup');
      const ticketId = v4() as TicketId;
      const text = await issueTicketText(
        {
          keyId,
          eventId,
          ticketId,
          workgroupNumber: workgroup.number,
          validFrom: event.admission_from,
          validUntil: event.admission_until,
        },
        privateKey,
      );
      return { id: ticketId, text };
    },
  };
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

/** The whole address of a ticket's page, in the language that its holder reads. */
export function ticketAddress(
  installation: Pick<Installation, 'secrets' | 'origin'>,
  registrationId: RegistrationId,
  locale: Locale,
): string {
  const path = localizeHref(`/ticket/${ticketLink(installation, registrationId)}`, { locale });
  return new URL(path, installation.origin).href;
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
