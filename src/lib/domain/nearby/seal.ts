import { joinBytes, type Bytes } from '../bytes.ts';
import type { DeviceId, EventId } from '../ids.ts';
import type { SignalId } from './signal.ts';

/** Between whom, and by which hand-shake. */
export interface LinkNames {
  eventId: EventId;
  self: DeviceId;
  other: DeviceId;
  offer: SignalId;
  answer: SignalId;
}

/** The most bytes that sealing adds. */
export const SEAL_BYTES = 12 + 16;

/**
 * Seals what passes over one link by the event's exchange key: AES-GCM with a random 96-bit IV (NIST SP 800-38D), and
 * event, hand-shake, sender, receiver and the message's number as additional data. The link itself hands over each
 * message once and in order, so the number need not be sent; what is forged, altered, doubled, out of order, of
 * another link or another event does not open, and the next genuine message does all the same.
 */
export class LinkSeal {
  private readonly key: CryptoKey;
  private readonly names: LinkNames;
  private sent = 0;
  private opened = 0;

  constructor(key: CryptoKey, names: LinkNames) {
    this.key = key;
    this.names = names;
  }

  /** Of the hand-shake by which the link came about. */
  get offer(): SignalId {
    return this.names.offer;
  }

  /** Must be called in the order in which the messages are sent. */
  async seal(plain: Bytes): Promise<Bytes> {
    const { self, other } = this.names;
    this.sent += 1;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt(this.gcm(iv, self, other, this.sent), this.key, plain);
    return joinBytes(iv, new Uint8Array(sealed));
  }

  /**
   * Must be called for one message after the other.
   *
   * @returns null for what is not the next message of this link
   */
  async open(bytes: Bytes): Promise<Bytes | null> {
    if (bytes.length < SEAL_BYTES) return null;
    const { self, other } = this.names;
    const params = this.gcm(bytes.slice(0, 12), other, self, this.opened + 1);
    const plain = await crypto.subtle.decrypt(params, this.key, bytes.subarray(12)).catch(() => null);
    if (!plain) return null;
    this.opened += 1;
    return new Uint8Array(plain);
  }

  private gcm(iv: Bytes, from: DeviceId, to: DeviceId, counter: number): AesGcmParams {
    const { eventId, offer, answer } = this.names;
    const about = `einlass nearby message 1|${eventId}|${offer}|${answer}|${from}|${to}|${counter}`;
    return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(about) };
  }
}
