import { SECOND, type Millis } from '../../domain/time.ts';

/** A code must have been out of the camera's view for this long, in milliseconds, before it is scanned again. */
const OUT_OF_VIEW = 2 * SECOND;

/** Remembers which codes are being held in view, so that each showing of a ticket is one scan. */
export class HeldCodes {
  private readonly lastSeen = new Map<string, Millis>();

  /** Notes that a code is in view. @returns whether it has just come into view */
  isNew(text: string, now: Millis): boolean {
    for (const [held, seen] of this.lastSeen) if (now - seen >= OUT_OF_VIEW) this.lastSeen.delete(held);
    const held = this.lastSeen.has(text);
    this.lastSeen.set(text, now);
    return !held;
  }
}
