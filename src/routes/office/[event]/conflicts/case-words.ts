import { kindOf, type ConflictReason, type Decision, type DecisionKind } from '$lib/domain/decision';
import { localizedText } from '$lib/domain/setting';
import { getLocale, m } from '$lib/i18n';
import { formatTime } from '$lib/i18n/dates';
import type { ConflictScan } from '$lib/server/conflicts';

export const REASON_WORDS: Record<ConflictReason, () => string> = {
  double_entry: m.office_conflict_double_entry,
  cancelled: m.office_conflict_cancelled,
  waitlisted: m.office_conflict_waitlisted,
  revoked: m.office_conflict_revoked,
};

export const KIND_WORDS: Record<DecisionKind, () => string> = {
  one_person: m.desk_kind_one_person,
  two_persons: m.desk_kind_two_persons,
  mistake: m.desk_kind_mistake,
};

export const decisionWords = (decision: Pick<Decision, 'scans'>): string => KIND_WORDS[kindOf(decision)]();

/** Door and tablet of a scan. */
export function placeOf({ checkpoint, device }: ConflictScan): string {
  return m.office_scan_at({
    checkpoint: checkpoint ? localizedText(checkpoint, getLocale()) : m.office_unknown_door(),
    device: device ?? m.office_unknown_device(),
  });
}

/** When and where a scan was, to be put into a sentence. */
export function whenAndWhere(scan: ConflictScan): { time: string; place: string } {
  return { time: formatTime(scan.time, getLocale()), place: placeOf(scan) };
}
