import type { Bytes } from '../../domain/bytes.ts';
import { FountainSource } from '../../domain/fountain.ts';
import type { EventId } from '../../domain/ids.ts';
import {
  newSession,
  PICTURE_OVERHEAD,
  sealPicture,
  type MessageKind,
  type Session,
} from '../../domain/pictures/picture.ts';
import type { Millis } from '../../domain/time.ts';

/** With what pictures are sealed. */
export interface Seal {
  key: CryptoKey;
  eventId: EventId;
}

/** A message while it is shown: one picture after the other, without an end. */
export class ShownMessage {
  readonly session: Session = newSession();
  readonly count: number;
  private readonly source: FountainSource;
  private readonly about: { kind: MessageKind; to: Session | null; madeAt: Millis };
  private readonly seal: Seal;
  private next = 0;
  /** A message of one picture stays the same picture, which is the easier to read. */
  private only: Bytes | null = null;

  /**
   * @param room - the most bytes of a picture
   * @throws {RangeError} for a message of too many pictures
   */
  constructor(
    about: { kind: MessageKind; to: Session | null; madeAt: Millis },
    message: Bytes,
    room: number,
    seal: Seal,
  ) {
    this.about = about;
    this.seal = seal;
    const count = Math.ceil(message.length / (room - PICTURE_OVERHEAD));
    // Blocks of one size leave no picture half empty.
    this.source = new FountainSource(message, Math.ceil(message.length / count));
    this.count = this.source.count;
  }

  /** How many pictures were shown. */
  get shown(): number {
    return this.next;
  }

  async picture(): Promise<Bytes> {
    const number = this.count === 1 ? 0 : this.next;
    this.next += 1;
    if (this.only) return this.only;
    const { about, session, source } = this;
    const block = source.block(number);
    const { key, eventId } = this.seal;
    const sealed = await sealPicture(
      { ...about, session, number, fountain: source.header, block },
      key,
      eventId,
    );
    if (this.count === 1) this.only = sealed;
    return sealed;
  }
}
