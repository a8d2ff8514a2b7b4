import { m } from '$lib/i18n/door-texts';
import type { Conflict } from '$lib/domain/conflict';
import type { ConflictReason } from '$lib/domain/decision';

const REASONS: Record<ConflictReason, () => string> = {
  double_entry: m.people_reason_double_entry,
  cancelled: m.people_reason_cancelled,
  waitlisted: m.people_reason_waitlisted,
  revoked: m.people_reason_revoked,
};

/** What can't all be right, in words. */
export function conflictWords({ reasons }: Conflict): string {
  return reasons.map((reason) => REASONS[reason]()).join(' ');
}
