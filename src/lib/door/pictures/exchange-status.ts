import { beginTalk, type Talk } from '../../domain/pictures/talk.ts';
import type { Taken } from '../record-book.ts';

/** Why a picture was not believed. */
export type PictureRefusal =
  | 'newer_version'
  | 'foreign_event'
  | 'not_genuine'
  /** Made for another tablet, or for this one at an earlier time. */
  | 'other_session'
  /** Shown to everybody, but too long ago. */
  | 'old'
  /** Genuine, but it does not say anything that this tablet understands. */
  | 'not_readable';

/** What the staff see of an exchange. */
export interface ExchangeStatus {
  talk: Talk;
  /** How many records this tablet shows; null before it does. */
  showing: number | null;
  /** How many pictures of the records it has shown so far. */
  shown: number;
  /** What came of the records that this tablet has taken, all together; null before there were any. */
  taken: Taken | null;
  /** What the other has told of those that it was given. */
  given: Taken | null;
  /** The last picture that was refused, and how many were. */
  refusal: PictureRefusal | null;
  refused: number;
  /** The disk has refused what was taken; it is asked for again. */
  notStored: boolean;
  /** The other shows records, too, and nobody takes. */
  bothGive: boolean;
}

/** How an exchange begins. */
export function statusAtFirst(as: 'giver' | 'taker'): ExchangeStatus {
  return {
    talk: beginTalk(as),
    showing: null,
    shown: 0,
    taken: null,
    given: null,
    refusal: null,
    refused: 0,
    notStored: false,
    bothGive: false,
  };
}

/** What came of one message and of those before it. */
export function inAll(before: Taken | null, now: Taken): Taken {
  if (!before) return now;
  return {
    taken: before.taken + now.taken,
    known: before.known + now.known,
    refused: before.refused + now.refused,
  };
}
