import { decodeBase45, encodeBase45 } from './base45.ts';
import { bytesToHex, bytesToUuid, hexToBytes, joinBytes, sha256, uuidToBytes, type Bytes } from './bytes.ts';
import type { EventId, KeyId, PayloadHash, TicketId } from './ids.ts';
import { SIGNATURE_LENGTH, signBytes, verifySignature, type PrivateKey } from './signing.ts';
import { MINUTE, millis, type Millis } from './time.ts';

/**
 * The ticket's text: `EL:` and base45 of 100 bytes, 153 characters, so that it fits a QR code of version 6 with
 * error correction M in alphanumeric mode (154 characters).
 *
 * | bytes | what |
 * | --- | --- |
 * | 1 | format version, 1 |
 * | 4 | key id |
 * | 8 | event id |
 * | 16 | ticket id |
 * | 1 | number of the workgroup at the time of issue |
 * | 4 | valid from, minutes since 1970 |
 * | 2 | valid for, minutes |
 * | 64 | Ed25519 signature over `einlass-ticket` and the bytes before it |
 *
 * All numbers are big-endian. No name, no e-mail address.
 */
export interface Ticket {
  keyId: KeyId;
  eventId: EventId;
  ticketId: TicketId;
  /** 1 to 255. */
  workgroupNumber: number;
  /** Whole minutes; the ticket's text can hold no finer time. */
  validFrom: Millis;
  validUntil: Millis;
}

export interface SignedTicket {
  ticket: Ticket;
  signedBytes: Bytes;
  signature: Bytes;
}

/** A public key that tickets may be signed with. */
export interface TicketKey {
  keyId: KeyId;
  eventId: EventId;
  publicKey: Bytes;
  /** Signs only for tickets that the roster holds: the device that owns it was revoked. */
  revoked: boolean;
}

/** What a scanned text turned out to be. */
export type TicketReading =
  | { kind: 'ticket'; ticket: Ticket; keyRevoked: boolean }
  /** It may have had the form of a ticket's number that the roster doesn't know. */
  | { kind: 'no_ticket'; payloadHash: PayloadHash; unknownNumber?: true };

const PREFIX = 'EL:';
const FORMAT_VERSION = 1;
const PAYLOAD_LENGTH = 36;
/** How many characters every ticket's text has. */
export const TICKET_TEXT_LENGTH = PREFIX.length + ((PAYLOAD_LENGTH + SIGNATURE_LENGTH) / 2) * 3;
/** Says what is signed, so that a signature made for one purpose proves nothing for another. */
const PURPOSE = new TextEncoder().encode('einlass-ticket');

function encodeTicket(ticket: Ticket): Bytes {
  const bytes = new Uint8Array(PAYLOAD_LENGTH);
  const view = new DataView(bytes.buffer);
  const fromMinute = Math.floor(ticket.validFrom / MINUTE);
  view.setUint8(0, FORMAT_VERSION);
  bytes.set(hexToBytes(ticket.keyId), 1);
  bytes.set(hexToBytes(ticket.eventId), 5);
  bytes.set(uuidToBytes(ticket.ticketId), 13);
  view.setUint8(29, ticket.workgroupNumber);
  view.setUint32(30, fromMinute);
  view.setUint16(34, Math.ceil(ticket.validUntil / MINUTE) - fromMinute);
  return bytes;
}

function decodeTicket(bytes: Bytes): Ticket | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== FORMAT_VERSION) return null;
  const validFrom = view.getUint32(30) * MINUTE;
  return {
    keyId: bytesToHex(bytes.subarray(1, 5)) as KeyId,
    eventId: bytesToHex(bytes.subarray(5, 13)) as EventId,
    ticketId: bytesToUuid(bytes.subarray(13, 29)) as TicketId,
    workgroupNumber: view.getUint8(29),
    validFrom: millis(validFrom),
    validUntil: millis(validFrom + view.getUint16(34) * MINUTE),
  };
}

/** Signs a ticket and writes it as the text of its QR code. */
export async function issueTicketText(ticket: Ticket, privateKey: PrivateKey): Promise<string> {
  const payload = encodeTicket(ticket);
  const signature = await signBytes(privateKey, joinBytes(PURPOSE, payload));
  return PREFIX + encodeBase45(joinBytes(payload, signature));
}

/** Reads a ticket's text without believing it. @returns null when it has not a ticket's form. */
export function parseTicketText(text: string): SignedTicket | null {
  if (text.length !== TICKET_TEXT_LENGTH || !text.startsWith(PREFIX)) return null;
  const bytes = decodeBase45(text.slice(PREFIX.length));
  if (bytes?.length !== PAYLOAD_LENGTH + SIGNATURE_LENGTH) return null;
  const signedBytes = bytes.slice(0, PAYLOAD_LENGTH);
  const ticket = decodeTicket(signedBytes);
  return ticket && { ticket, signedBytes, signature: bytes.slice(PAYLOAD_LENGTH) };
}

/**
 * Reads a scanned text and believes it only when a known key has signed it. A key counts only for tickets of its
 * own event, so one event's tablet can't make tickets for another.
 */
export async function readTicketText(text: string, keys: Iterable<TicketKey>): Promise<TicketReading> {
  const signed = parseTicketText(text);
  if (signed) {
    const message = joinBytes(PURPOSE, signed.signedBytes);
    for (const key of keys) {
      if (key.keyId !== signed.ticket.keyId || key.eventId !== signed.ticket.eventId) continue;
      if (await verifySignature(key.publicKey, message, signed.signature)) {
        return { kind: 'ticket', ticket: signed.ticket, keyRevoked: key.revoked };
      }
    }
  }
  const hash = await sha256(new TextEncoder().encode(text));
  return { kind: 'no_ticket', payloadHash: bytesToHex(hash) as PayloadHash };
}
