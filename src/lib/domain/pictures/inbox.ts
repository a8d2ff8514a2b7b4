import type { Bytes } from '../bytes.ts';
import { FountainSink } from '../fountain.ts';
import type { MessageKind, Picture, Session } from './picture.ts';

/** A message that has come together. */
export interface Message {
  kind: MessageKind;
  session: Session;
  to: Session | null;
  bytes: Bytes;
}

export type Arrival =
  /** A message is under way; `have` of `needed` blocks are here. */
  | { kind: 'part'; of: Pick<Picture, 'kind' | 'session' | 'to'>; have: number; needed: number }
  | { kind: 'message'; message: Message }
  /** Nothing new: of a message that is here already, or that a later one has replaced. */
  | { kind: 'nothing' }
  | { kind: 'damaged' };

/**
 * Puts the pictures of messages together: of each kind one at a time, so that nobody can fill the memory. What was made
 * later replaces what was begun; what was made earlier is over.
 */
export class Inbox {
  private readonly underWay = new Map<MessageKind, { picture: Picture; sink: FountainSink; done: boolean }>();

  /** @param picture - one that was opened, and is wanted */
  add(picture: Picture): Arrival {
    let current = this.underWay.get(picture.kind);
    if (current?.picture.session !== picture.session) {
      if (current && picture.madeAt < current.picture.madeAt) return { kind: 'nothing' };
      const sink = FountainSink.for(picture.fountain);
      if (!sink) return { kind: 'damaged' };
      current = { picture, sink, done: false };
      this.underWay.set(picture.kind, current);
    }
    const { sink } = current;
    if (current.done) return { kind: 'nothing' };
    const { kind, session, to } = current.picture;
    sink.add(picture.number, picture.block);
    if (!sink.complete)
      return { kind: 'part', of: { kind, session, to }, have: sink.have, needed: sink.needed };
    const bytes = sink.message();
    if (bytes === 'damaged' || bytes === null) {
      this.underWay.delete(kind);
      return { kind: 'damaged' };
    }
    current.done = true;
    return { kind: 'message', message: { kind, session, to, bytes } };
  }
}
