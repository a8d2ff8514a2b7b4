import type { Session } from './picture.ts';

/**
 * What one of two tablets that look at each other is doing. Both run this, and each goes on by what it sees on the
 * other's screen alone.
 *
 * ```
 *  takes    asking ──records──▶ taking ──all──▶ storing ──stored──▶ thanking ──what the other has──▶ gathering …
 *             ▲  shows what it has, all the while    │                  shows that it has all
 *             └────────── more to come ◀─────────────┘
 *
 *  gives    looking ──what the other has──▶ gathering ──▶ giving ──the other has all──▶ asking … (the other way round)
 *             │                                ▲            shows the records
 *             └──the staff: show everything────┘            └──what the other has by then──▶ gathering (more, or anew)
 * ```
 *
 * Where only one can see the other, the staff are its eyes: they say that all is to be shown (`show_everything`), and
 * that the other tablet has all (`other_has_all`). After both ways it is `finished`; `thanking` in the second way is,
 * too, but still shows so to the other.
 */
export interface Talk {
  phase: Phase;
  /** 1, and 2 after they have changed over. */
  turn: 1 | 2;
  /** The message that this tablet shows: in which it asks, gives, or thanks. */
  shows: Session | null;
  /** Gives: whom it answers; null where it has not seen what the other has. */
  to: Session | null;
  /** Blocks of the records, here or (for the giver) at the other tablet as far as it has told. */
  have: number;
  needed: number;
  /** Gives: there is more than fits in one message. */
  more: boolean;
}

export type Phase =
  'asking' | 'taking' | 'storing' | 'thanking' | 'looking' | 'gathering' | 'giving' | 'finished';

export type TalkEvent =
  /** The picture of what the other has is complete. */
  | { kind: 'saw_held'; session: Session }
  /** A picture of records for this tablet. */
  | { kind: 'saw_records'; have: number; needed: number }
  /** All records are here. */
  | { kind: 'records_complete' }
  /** They are on disk; there may be more to ask for. */
  | { kind: 'stored'; more: boolean }
  | { kind: 'not_stored' }
  /** The records to show are at hand. */
  | { kind: 'gathered'; session: Session; needed: number; more: boolean }
  /** How far the other has got with the records of a session. */
  | { kind: 'saw_report'; of: Session | null; have: number; needed: number; stored: boolean }
  /** A new message is shown: what this tablet has, or its report. */
  | { kind: 'shows'; session: Session }
  /** The staff say so. */
  | { kind: 'show_everything' }
  | { kind: 'other_has_all' };

/** How a tablet begins. */
export function beginTalk(as: 'giver' | 'taker'): Talk {
  return { ...REST, phase: as === 'giver' ? 'looking' : 'asking', turn: 1 };
}

const REST = { shows: null, to: null, have: 0, needed: 0, more: false };

/** What comes of it; the same talk where the event changes nothing. */
export function goOn(talk: Talk, event: TalkEvent): Talk {
  switch (event.kind) {
    case 'saw_held':
      return sawHeld(talk, event.session);
    case 'saw_records': {
      if (talk.phase !== 'asking' && talk.phase !== 'taking') return talk;
      return { ...talk, phase: 'taking', have: event.have, needed: event.needed };
    }
    case 'records_complete':
      return talk.phase === 'asking' || talk.phase === 'taking'
        ? { ...talk, phase: 'storing', have: Math.max(1, talk.needed), needed: Math.max(1, talk.needed) }
        : talk;
    case 'stored':
      if (talk.phase !== 'storing') return talk;
      return event.more
        ? { ...REST, phase: 'asking', turn: talk.turn }
        : { ...talk, phase: 'thanking', shows: null };
    case 'not_stored':
      return talk.phase === 'storing' ? { ...REST, phase: 'asking', turn: talk.turn } : talk;
    case 'gathered': {
      if (talk.phase !== 'gathering') return talk;
      const { session, needed, more } = event;
      return { ...talk, phase: 'giving', shows: session, have: 0, needed, more };
    }
    case 'saw_report': {
      if (talk.phase !== 'giving' || event.of !== talk.shows) return talk;
      if (event.stored) return given(talk);
      return { ...talk, have: Math.min(event.have, talk.needed) };
    }
    case 'shows':
      return { ...talk, shows: event.session };
    case 'show_everything':
      return talk.phase === 'looking' ? { ...REST, phase: 'gathering', turn: talk.turn } : talk;
    case 'other_has_all':
      return talk.phase === 'giving' ? given(talk) : talk;
  }
}

function sawHeld(talk: Talk, session: Session): Talk {
  const gives: Talk = { ...REST, phase: 'gathering', turn: talk.turn, to: session };
  switch (talk.phase) {
    case 'looking':
      return gives;
    // The other has begun anew, or has stored one part and asks for the next.
    case 'giving':
    case 'gathering':
      return session === talk.to ? talk : gives;
    case 'thanking':
      return { ...gives, turn: 2 };
    // Both want to take. One of them gives first; both see which, because they see the same two sessions.
    case 'asking':
      return talk.shows !== null && talk.shows < session ? { ...gives, turn: 1 } : talk;
    default:
      return talk;
  }
}

/** The other has all that this one has: now the other way round, or both are done. */
function given(talk: Talk): Talk {
  if (talk.more) return { ...REST, phase: 'looking', turn: talk.turn };
  return talk.turn === 1 ? { ...REST, phase: 'asking', turn: 2 } : { ...REST, phase: 'finished', turn: 2 };
}

/** Both tablets have what the other had. */
export function isFinished({ phase, turn }: Talk): boolean {
  return phase === 'finished' || (phase === 'thanking' && turn === 2);
}
