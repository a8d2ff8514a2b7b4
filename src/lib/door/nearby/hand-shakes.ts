import type { DeviceId, EventId } from '../../domain/ids.ts';
import { LinkSeal } from '../../domain/nearby/seal.ts';
import {
  createSignalId,
  openSignal,
  returnCredentials,
  sealSignal,
  type SealedSignal,
  type Signal,
  type SignalId,
  type SignalRefusal,
} from '../../domain/nearby/signal.ts';
import { MINUTE, SECOND, type Clock, type Millis } from '../../domain/time.ts';
import type { Connection, Connector } from './connection.ts';

export interface HandShakeParts {
  self: DeviceId;
  eventId: EventId;
  key: CryptoKey;
  connector: Connector;
  clock: Clock;
}

/** A connection whose two ends know each other. */
export interface Acquainted {
  other: DeviceId;
  connection: Connection;
  seal: LinkSeal;
}

/** Why a signal leads to nothing. */
export type HandShakeRefusal =
  | SignalRefusal
  /** This tablet's own. */
  | 'own'
  /** An answer to another tablet's offer, or an offer to one other tablet. */
  | 'for_another'
  /** Read before, or an answer to an offer that is not there any more. */
  | 'used'
  /** The browser could make nothing of it. */
  | 'failed';

export type HandShakeOutcome =
  /** It was an offer, and this is the answer that its tablet must get. */
  | ({ kind: 'answered'; answer: SealedSignal } & Acquainted)
  /** It was the answer to an offer of this tablet. */
  | ({ kind: 'accepted' } & Acquainted)
  | { kind: 'refused'; why: HandShakeRefusal };

/** An offer that nobody has answered. */
interface Pending {
  connection: Connection;
  to: DeviceId | null;
  since: Millis;
}

/** A picture is good for so long, in milliseconds: who fetches the other tablet takes a while. */
export const PICTURE_LIFETIME = 10 * MINUTE;
/** An offer that is carried is answered within this, in milliseconds, or not at all. */
export const CARRIED_LIFETIME = 40 * SECOND;
/** So long an answer may take to get there, in milliseconds: carried, or read from a screen by a person's hand. */
const CARRIED_PATIENCE = 20 * SECOND;
const PICTURE_PATIENCE = 2 * MINUTE;

/** Makes offers and answers, and keeps what is needed until the other half has come. Each signal is good once. */
export class HandShakes {
  private readonly parts: HandShakeParts;
  private readonly pending = new Map<SignalId, Pending>();
  private readonly used = new Set<SignalId>();

  constructor(parts: HandShakeParts) {
    this.parts = parts;
  }

  /** @param to - null: whoever reads it. @throws where the browser opens no connection */
  async offer(to: DeviceId | null): Promise<{ id: SignalId; sealed: SealedSignal }> {
    this.forgetOld();
    const connection = await this.parts.connector.offer();
    const id = createSignalId();
    this.pending.set(id, { connection, to, since: this.parts.clock() });
    return { id, sealed: await this.seal({ kind: 'offer', id, answers: null, to }, connection) };
  }

  /** Whether an offer still waits for its answer. */
  isPending(id: SignalId): boolean {
    this.forgetOld();
    return this.pending.has(id);
  }

  /** Takes a signal that has come by whichever way. */
  async take(sealed: SealedSignal): Promise<HandShakeOutcome> {
    const { self, key, eventId } = this.parts;
    const reading = await openSignal(sealed, key, eventId);
    if (reading.kind === 'refused') return reading;
    const { signal } = reading;
    if (signal.from === self) return refused('own');
    if (signal.to !== null && signal.to !== self) return refused('for_another');
    if (this.used.has(signal.id)) return refused('used');
    try {
      if (signal.kind === 'offer') return await this.answer(signal);
      if (signal.kind === 'answer') return await this.accept(signal);
    } catch {
      return refused('failed');
    }
    return refused('unreadable');
  }

  /**
   * Makes an offer that holds for a linked tablet's return, known by its certificate.
   *
   * @throws where the browser opens no connection
   */
  async stand(other: DeviceId, certificate: string): Promise<Acquainted & { sealed: SealedSignal }> {
    const id = createSignalId();
    const connection = await this.parts.connector.stand(
      (description) => returnCredentials({ id, description }),
      certificate,
    );
    const sealed = await this.seal({ kind: 'standing', id, answers: null, to: other }, connection);
    return { ...this.acquaint(other, connection, id, id), sealed };
  }

  /** Answers a standing offer that was kept. @returns null where it is none, or the browser can't */
  async comeBack(sealed: SealedSignal): Promise<Acquainted | null> {
    const { self, key, eventId, connector } = this.parts;
    const reading = await openSignal(sealed, key, eventId);
    if (reading.kind === 'refused') return null;
    const { signal } = reading;
    if (signal.kind !== 'standing' || signal.to !== self) return null;
    try {
      const connection = await connector.comeBack(signal.description, await returnCredentials(signal));
      return this.acquaint(signal.from, connection, signal.id, signal.id);
    } catch {
      return null;
    }
  }

  close(): void {
    for (const { connection } of this.pending.values()) connection.close();
    this.pending.clear();
  }

  private async answer(offer: Signal): Promise<HandShakeOutcome> {
    this.used.add(offer.id);
    const connection = await this.parts.connector.answer(
      offer.description,
      offer.to === null ? PICTURE_PATIENCE : CARRIED_PATIENCE,
    );
    const id = createSignalId();
    const answer = await this.seal({ kind: 'answer', id, answers: offer.id, to: offer.from }, connection);
    return { kind: 'answered', answer, ...this.acquaint(offer.from, connection, offer.id, id) };
  }

  private async accept(answer: Signal): Promise<HandShakeOutcome> {
    this.forgetOld();
    const offer = answer.answers;
    const pending = offer && this.pending.get(offer);
    if (!offer || !pending) return refused('used');
    if (pending.to !== null && pending.to !== answer.from) return refused('for_another');
    this.used.add(answer.id);
    this.pending.delete(offer);
    await pending.connection.accept(answer.description);
    return { kind: 'accepted', ...this.acquaint(answer.from, pending.connection, offer, answer.id) };
  }

  private acquaint(other: DeviceId, connection: Connection, offer: SignalId, answer: SignalId): Acquainted {
    const { self, eventId, key } = this.parts;
    return { other, connection, seal: new LinkSeal(key, { eventId, self, other, offer, answer }) };
  }

  private seal(
    signal: Omit<Signal, 'from' | 'description'>,
    { description }: Connection,
  ): Promise<SealedSignal> {
    const { self, key, eventId } = this.parts;
    return sealSignal({ ...signal, from: self, description }, key, eventId);
  }

  /** Lets go of offers that nobody has answered. */
  forgetOld(): void {
    for (const [id, { connection, to, since }] of this.pending) {
      if (this.parts.clock() - since < (to === null ? PICTURE_LIFETIME : CARRIED_LIFETIME)) continue;
      connection.close();
      this.pending.delete(id);
    }
  }
}

const refused = (why: HandShakeRefusal): HandShakeOutcome => ({ kind: 'refused', why });
