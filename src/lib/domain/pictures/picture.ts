import { bytesToHex, hexToBytes, joinBytes, type Bytes } from '../bytes.ts';
import type { FountainHeader } from '../fountain.ts';
import type { EventId } from '../ids.ts';
import { SECOND, millis, type Millis } from '../time.ts';

/**
 * One picture: the bytes of a QR code in byte mode. The reader gives them back as they were, and base45 in alphanumeric
 * mode would carry 3 % less.
 *
 * | bytes | what |
 * | --- | --- |
 * | 3 | `ELP`, so that no scanner takes it for a ticket |
 * | 1 | format version, 1 |
 * | 4 | the event id's first half, to tell whose it is where it can't be opened |
 * | 8 | session: which message this is a part of, at random |
 * | 4 | number of the block |
 * | 21 + n | sealed: kind, made at (seconds), to which session, length, checksum, the block itself |
 * | 16 | seal |
 *
 * Sealed with AES-GCM by the event's exchange key; session and number are the nonce, which is never the same twice
 * because a session is made anew for every message. Event and all that stands before it are sealed with it.
 */
export interface Picture extends Part {
  session: Session;
  /** Of the block. */
  number: number;
}

/** Eight bytes in hexadecimal. */
export type Session = string & { readonly session: unique symbol };

/** What a message is: what somebody has, records, or how far somebody has got with taking records. */
export const MESSAGE_KINDS = ['held', 'records', 'report'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** What every picture of a message says about it, and one block. */
export interface Part {
  kind: MessageKind;
  madeAt: Millis;
  /** The session that it answers; null where it answers none. */
  to: Session | null;
  fountain: FountainHeader;
  block: Bytes;
}

export type PictureReading =
  | { kind: 'picture'; picture: Picture }
  /** Another code, such as a ticket. */
  | { kind: 'no_picture' }
  | { kind: 'refused'; why: 'newer_version' | 'foreign_event' | 'not_genuine' };

const MAGIC = Uint8Array.of(0x45, 0x4c, 0x50);
const VERSION = 1;
const HEADER = 20;
const FACTS = 21;
const SEAL = 16;
/** What a picture takes beside its block, in bytes. */
export const PICTURE_OVERHEAD = HEADER + FACTS + SEAL;

const PURPOSE = new TextEncoder().encode('einlass-picture');
const NOBODY = '0'.repeat(16);

export function newSession(): Session {
  return bytesToHex(crypto.getRandomValues(new Uint8Array(8))) as Session;
}

/** Whether a code's bytes are a picture, of whatever version and event. */
export function isPicture(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

export async function sealPicture(picture: Picture, key: CryptoKey, eventId: EventId): Promise<Bytes> {
  const header = new Uint8Array(HEADER);
  header.set(MAGIC);
  header[3] = VERSION;
  header.set(hexToBytes(eventId).subarray(0, 4), 4);
  header.set(hexToBytes(picture.session), 8);
  new DataView(header.buffer).setUint32(16, picture.number);
  const facts = new Uint8Array(FACTS);
  const view = new DataView(facts.buffer);
  view.setUint8(0, MESSAGE_KINDS.indexOf(picture.kind));
  view.setUint32(1, Math.floor(picture.madeAt / SECOND));
  facts.set(hexToBytes(picture.to ?? NOBODY), 5);
  view.setUint32(13, picture.fountain.length);
  view.setUint32(17, picture.fountain.checksum);
  const sealed = await crypto.subtle.encrypt(
    parametersOf(header, eventId),
    key,
    joinBytes(facts, picture.block),
  );
  return joinBytes(header, new Uint8Array(sealed));
}

/** Reads a code's bytes, and believes them only when they were sealed for this event, with its key. */
export async function openPicture(bytes: Bytes, key: CryptoKey, eventId: EventId): Promise<PictureReading> {
  if (!isPicture(bytes)) return { kind: 'no_picture' };
  if (bytes[3] !== VERSION) return { kind: 'refused', why: 'newer_version' };
  if (bytes.length <= PICTURE_OVERHEAD) return { kind: 'refused', why: 'not_genuine' };
  const header = bytes.slice(0, HEADER);
  if (!eventId.startsWith(bytesToHex(header.subarray(4, 8))))
    return { kind: 'refused', why: 'foreign_event' };
  const opened = await crypto.subtle
    .decrypt(parametersOf(header, eventId), key, bytes.slice(HEADER))
    .catch(() => null);
  const kind = opened && MESSAGE_KINDS[new Uint8Array(opened)[0]!];
  if (!opened || !kind) return { kind: 'refused', why: 'not_genuine' };
  const view = new DataView(opened);
  const to = bytesToHex(new Uint8Array(opened, 5, 8));
  const block = new Uint8Array(opened.slice(FACTS));
  return {
    kind: 'picture',
    picture: {
      session: bytesToHex(header.subarray(8, 16)) as Session,
      number: new DataView(header.buffer).getUint32(16),
      kind,
      madeAt: millis(view.getUint32(1) * SECOND),
      to: to === NOBODY ? null : (to as Session),
      fountain: { length: view.getUint32(13), checksum: view.getUint32(17), blockSize: block.length },
      block,
    },
  };
}

function parametersOf(header: Bytes, eventId: EventId): AesGcmParams {
  return {
    name: 'AES-GCM',
    iv: header.subarray(8, 20),
    additionalData: joinBytes(PURPOSE, hexToBytes(eventId), header),
  };
}
