import * as v from 'valibot';
import { decodeBase45, encodeBase45 } from '../base45.ts';
import {
  base64urlToBytes,
  bytesToBase64url,
  bytesToHex,
  bytesToUuid,
  hexToBytes,
  joinBytes,
  sha256,
  uuidToBytes,
  type Bytes,
} from '../bytes.ts';
import type { DeviceId, EventId } from '../ids.ts';
import { packDescription, unpackDescription, type Description } from './session-description.ts';

/** Eight random bytes in hexadecimal: which offer this is, or which answer. */
export type SignalId = string & { readonly brand: 'SignalId' };

/**
 * One half of the hand-shake by which two tablets link up, by whichever way it travels.
 *
 * - `offer`: to whoever reads it, or to one tablet.
 * - `answer`: to the tablet whose offer it was.
 * - `standing`: an offer to one linked tablet that holds for its return, see `returnCredentials`.
 */
export interface Signal {
  kind: 'offer' | 'answer' | 'standing';
  id: SignalId;
  /** Of the offer that is answered; null in offers. */
  answers: SignalId | null;
  from: DeviceId;
  /** Null: whoever reads it. */
  to: DeviceId | null;
  description: Description;
}

/** Why a signal is refused; nothing was changed by it. */
export type SignalRefusal =
  /** Not of a tablet, cut off, or too long. */
  | 'unreadable'
  /** Of a version of the app that this one does not understand. */
  | 'other_version'
  | 'other_event'
  /** Not sealed by this event's key, or altered. */
  | 'not_genuine';

export type SignalReading = { kind: 'signal'; signal: Signal } | { kind: 'refused'; why: SignalRefusal };

const VERSION = 1;
const KINDS: readonly Signal['kind'][] = ['offer', 'answer', 'standing'];
const ANYONE = '00000000-0000-0000-0000-000000000000';
const NONE = '0'.repeat(16) as SignalId;
/** What a signal's text begins with in a picture; a ticket's is another. */
const PREFIX = 'ELN:';
/** The longest signal that is read, in bytes. */
export const MOST_SIGNAL_BYTES = 600;

/** A signal as it travels between tablets or over the server, in base64url. */
export const SealedSignalSchema = v.pipe(
  v.string(),
  v.maxLength(Math.ceil((MOST_SIGNAL_BYTES * 4) / 3)),
  v.regex(/^[\w-]+$/, 'not a sealed signal'),
);
export type SealedSignal = v.InferOutput<typeof SealedSignalSchema>;

export function createSignalId(): SignalId {
  return bytesToHex(crypto.getRandomValues(new Uint8Array(8))) as SignalId;
}

/** Seals a signal by the event's exchange key: whoever films the picture learns nothing, and can make none. */
export async function sealSignal(signal: Signal, key: CryptoKey, eventId: EventId): Promise<SealedSignal> {
  const plain = joinBytes(
    Uint8Array.of(KINDS.indexOf(signal.kind)),
    hexToBytes(signal.id),
    hexToBytes(signal.answers ?? NONE),
    uuidToBytes(signal.from),
    uuidToBytes(signal.to ?? ANYONE),
    packDescription(signal.description),
  );
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt(gcm(iv, eventId), key, plain);
  return bytesToBase64url(joinBytes(Uint8Array.of(VERSION), hexToBytes(eventId), iv, new Uint8Array(sealed)));
}

export async function openSignal(
  text: SealedSignal,
  key: CryptoKey,
  eventId: EventId,
): Promise<SignalReading> {
  const bytes = base64urlToBytes(text);
  if (!bytes || bytes.length < HEAD + 16 || bytes.length > MOST_SIGNAL_BYTES) return refused('unreadable');
  if (bytes[0] !== VERSION) return refused('other_version');
  if (bytesToHex(bytes.subarray(1, 9)) !== eventId) return refused('other_event');
  const plain = await crypto.subtle
    .decrypt(gcm(bytes.slice(9, HEAD), eventId), key, bytes.subarray(HEAD))
    .catch(() => null);
  if (!plain) return refused('not_genuine');
  const signal = unpackSignal(new Uint8Array(plain));
  return signal ? { kind: 'signal', signal } : refused('unreadable');
}

/** The text of the picture that one tablet shows the other: about 240 characters. */
export function signalText(sealed: SealedSignal): string {
  return PREFIX + encodeBase45(base64urlToBytes(sealed)!);
}

/** Whether a scanned text says that it is one tablet's signal to another. */
export function isSignalText(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** @returns the sealed signal in a picture's text, or null */
export function readSignalText(text: string): SealedSignal | null {
  if (!isSignalText(text) || text.length > 2 * MOST_SIGNAL_BYTES) return null;
  const bytes = decodeBase45(text.slice(PREFIX.length));
  return bytes && bytes.length > 0 && bytes.length <= MOST_SIGNAL_BYTES ? bytesToBase64url(bytes) : null;
}

/**
 * By what a returning tablet is known at the connection that stands ready for it: both derive the same from the
 * standing offer, which nobody else can read, so that nothing has to be sent before.
 */
export async function returnCredentials({
  id,
  description,
}: Pick<Signal, 'id' | 'description'>): Promise<{ ufrag: string; pwd: string }> {
  const secret = new TextEncoder().encode(`einlass nearby return 1|${id}|${description.pwd}`);
  const text = bytesToHex(await sha256(secret));
  return { ufrag: text.slice(0, 8), pwd: text.slice(8, 40) };
}

const HEAD = 1 + 8 + 12;

const refused = (why: SignalRefusal): SignalReading => ({ kind: 'refused', why });

function unpackSignal(bytes: Bytes): Signal | null {
  const kind = KINDS[bytes[0] ?? -1];
  const description = unpackDescription(bytes.subarray(49));
  if (!kind || !description) return null;
  const id = bytesToHex(bytes.subarray(1, 9)) as SignalId;
  const answers = bytesToHex(bytes.subarray(9, 17)) as SignalId;
  const from = bytesToUuid(bytes.subarray(17, 33)) as DeviceId;
  const to = bytesToUuid(bytes.subarray(33, 49)) as DeviceId;
  if ((kind === 'answer') === (answers === NONE)) return null;
  return {
    kind,
    id,
    answers: answers === NONE ? null : answers,
    from,
    to: to === ANYONE ? null : to,
    description,
  };
}

function gcm(iv: Bytes, eventId: EventId): AesGcmParams {
  const additionalData = new TextEncoder().encode(`einlass nearby signal 1|${eventId}`);
  return { name: 'AES-GCM', iv, additionalData };
}
