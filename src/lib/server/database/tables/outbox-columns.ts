import type { Millis } from '../../../domain/time.ts';

/** What the outboxes' tables have in common: how the sending of a message goes. */
export interface OutboxColumns {
  /** The message's own, too, the same at every attempt, so that one that is sent twice is known as the same. */
  id: string;
  state: 'waiting' | 'sent' | 'failed' | 'expired';
  attempts: number;
  next_attempt_at: Millis;
  /** A process is sending it; after this time another may try. */
  claimed_until: Millis | null;
  /** Why the last attempt failed: a word or a status, nothing personal. */
  problem: string | null;
  created_at: Millis;
  /** When it was sent or given up. */
  settled_at: Millis | null;
  /** From when on nobody needs it any more. */
  expires_at: Millis;
}
