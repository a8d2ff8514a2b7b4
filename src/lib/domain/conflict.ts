import { isNamedIn, type ConflictReason, type Decision } from './decision.ts';
import type { HolderId } from './ids.ts';
import type { History, Step } from './history.ts';
import { revokedAt, type Registration } from './registration.ts';
import type { Scan } from './scan.ts';

/** Scans of one visit that can't all be right: for the organiser to settle, never for the log to be changed. */
export interface Conflict {
  holder: HolderId;
  registration: Registration | null;
  reasons: ConflictReason[];
  /** The scans concerned, in effective order. */
  scans: Scan[];
}

/**
 * Finds what a door that had known everything would not have admitted: a second entry, or a registration that was
 * cancelled, waitlisted or reissued by then. What the staff let in against the verdict is their decision, not a
 * conflict; rooms over capacity and moved workgroups are no contradiction either; nor is what happened in the very
 * moment of the change, for it may have come before. One visit gives one conflict.
 *
 * @param decisions - what the office has decided already, and is told no more
 */
export function findConflicts(
  holder: HolderId,
  history: History,
  registration: Registration | null,
  decisions: readonly Decision[] = [],
): Conflict[] {
  const byVisit = new Map<number, { reasons: Set<ConflictReason>; scans: Set<Scan> }>();
  for (const step of history.steps) {
    if (step.scan.direction !== 'entry' || step.scan.override || isDecided(step, decisions)) continue;
    const reasons: ConflictReason[] = [];
    if (step.repeats) reasons.push('double_entry');
    if (registration && registration.state !== 'confirmed' && step.time > registration.stateSince) {
      reasons.push(registration.state);
    }
    const revoked = registration && step.scan.ticketId && revokedAt(registration, step.scan.ticketId);
    if (revoked && step.time > revoked) reasons.push('revoked');
    if (reasons.length === 0) continue;

    const conflict = byVisit.get(step.visit) ?? { reasons: new Set(), scans: new Set() };
    byVisit.set(step.visit, conflict);
    for (const reason of reasons) conflict.reasons.add(reason);
    if (step.repeats) conflict.scans.add(step.repeats);
    conflict.scans.add(step.scan);
  }
  return [...byVisit.values()].map(({ reasons, scans }) => ({
    holder,
    registration,
    reasons: [...reasons],
    scans: [...scans],
  }));
}

function isDecided({ scan, repeats }: Step, decisions: readonly Decision[]): boolean {
  return decisions.some(
    (decision) => isNamedIn(decision, scan.id) && (repeats === null || isNamedIn(decision, repeats.id)),
  );
}
