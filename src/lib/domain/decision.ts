import * as v from 'valibot';
import { DecisionIdSchema, PayloadHashSchema, ScanIdSchema, TicketIdSchema, type ScanId } from './ids.ts';
import { MillisSchema } from './time.ts';

/** Why scans can't all be right. */
export const ConflictReasonSchema = v.picklist(['double_entry', 'cancelled', 'waitlisted', 'revoked']);
export type ConflictReason = v.InferOutput<typeof ConflictReasonSchema>;

/**
 * What the office has found out about a scan of a conflict: it counts as any other, it brought in a further person on
 * the same ticket, or it was a mistake and moved nobody.
 */
export const ScanRoleSchema = v.picklist(['counts', 'further_person', 'mistake']);
export type ScanRole = v.InferOutput<typeof ScanRoleSchema>;

/**
 * The office's word on a conflict: an entry of the log, which only grows. Only the server makes decisions, so one
 * number orders an event's; the latest that names a scan is the one that counts.
 */
export const DecisionSchema = v.object({
  id: DecisionIdSchema,
  /** Of two decisions the larger number is the later. */
  order: v.pipe(v.number(), v.safeInteger()),
  /** By the server's clock. */
  at: MillisSchema,
  /** What the conflict was about. */
  reasons: v.array(ConflictReasonSchema),
  /** Whose scans they are: tickets, or what was shown instead. */
  subjects: v.array(v.union([TicketIdSchema, PayloadHashSchema])),
  /** Every scan of the conflict, in effective order. */
  scans: v.array(v.object({ id: ScanIdSchema, role: ScanRoleSchema })),
});
export type Decision = v.InferOutput<typeof DecisionSchema>;

/** The decision in one word: the gravest of its scans' roles. */
export type DecisionKind = 'one_person' | 'two_persons' | 'mistake';

export function kindOf({ scans }: Pick<Decision, 'scans'>): DecisionKind {
  if (scans.some(({ role }) => role === 'further_person')) return 'two_persons';
  return scans.some(({ role }) => role === 'mistake') ? 'mistake' : 'one_person';
}

/** Whether roles can be meant together: a further person is one beside somebody. */
export function isDecidable(scans: Decision['scans']): boolean {
  return scans.some(({ role }) => role === 'counts') || kindOf({ scans }) === 'mistake';
}

/** The earlier first. */
export function compareDecisions(a: Decision, b: Decision): number {
  return a.order - b.order || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

export function isNamedIn({ scans }: Decision, scanId: ScanId): boolean {
  return scans.some(({ id }) => id === scanId);
}

/** What decisions say of scans; of others nothing is decided. */
export type Roles = ReadonlyMap<ScanId, ScanRole>;

export function rolesIn(decisions: readonly Decision[]): Roles {
  return new Map(decisions.flatMap(({ scans }) => scans.map(({ id, role }) => [id, role] as const)));
}
