import * as v from 'valibot';
import {
  ScanRoleSchema,
  type ConflictReason,
  type Decision,
  type ScanRole,
} from '../../../../lib/domain/decision.ts';
import { ScanIdSchema, type ScanId } from '../../../../lib/domain/ids.ts';
import { textOf } from '../../../(public)/person-fields.ts';

/** Nobody scans one ticket more often in one visit. */
const MOST_SCANS = 200;

const ScanIdsSchema = v.pipe(
  v.string(),
  v.transform((text) => text.split(' ').slice(0, MOST_SCANS)),
  v.array(ScanIdSchema),
);

/** What can be chosen at once: what two scans that contradict one another may have been, or a single one. */
export type Choice =
  { kind: 'one_person'; scan: null } | { kind: 'two_persons' | 'mistake'; scan: { id: ScanId } };

interface Case<Scan> {
  reasons: readonly ConflictReason[];
  scans: readonly Scan[];
}

/**
 * What may have happened, as one choice each.
 *
 * @returns null where there is too much for that, so that it is asked of each scan
 */
export function choicesFor<Scan extends { id: ScanId; direction: 'entry' | 'exit' }>({
  reasons,
  scans,
}: Case<Scan>): (Choice & { scan: Scan | null })[] | null {
  const double = reasons.includes('double_entry');
  if (scans.length > (double ? 2 : 1)) return null;
  const second = double ? scans.filter(({ direction }) => direction === 'entry').slice(-1) : [];
  return [
    { kind: 'one_person', scan: null },
    ...second.map((scan) => ({ kind: 'two_persons' as const, scan })),
    ...scans.map((scan) => ({ kind: 'mistake' as const, scan })),
  ];
}

/** A choice as a form sends it. */
export function choiceValue({ kind, scan }: Choice): string {
  return scan ? `${kind} ${scan.id}` : kind;
}

/** The choice that an earlier decision was; null where it was none of these. */
export function choiceOf({ scans }: Pick<Decision, 'scans'>): string | null {
  const other = scans.filter(({ role }) => role !== 'counts');
  if (other.length === 0) return 'one_person';
  const [only, another] = other;
  if (!only || another) return null;
  return choiceValue({ kind: only.role === 'mistake' ? 'mistake' : 'two_persons', scan: only });
}

export type DecisionForm =
  { scans: Decision['scans'] } | { problem: 'choose_first'; key: string } | { problem: 'unreadable' };

/** Reads what somebody has chosen of a conflict. */
export function readDecisionForm(data: FormData): DecisionForm {
  const key = textOf(data, 'scans');
  const ids = v.safeParse(ScanIdsSchema, key);
  if (!ids.success) return { problem: 'unreadable' };
  const choice = textOf(data, 'choice');
  const scans: Decision['scans'] = [];
  for (const id of ids.output) {
    const asked = v.safeParse(ScanRoleSchema, textOf(data, `role ${id}`));
    const role = asked.success ? asked.output : roleIn(choice, id, ids.output);
    if (role === null) return { problem: 'choose_first', key };
    scans.push({ id, role });
  }
  return { scans };
}

const ROLE_OF: Record<string, ScanRole> = { two_persons: 'further_person', mistake: 'mistake' };

/** What a choice says of a scan; null where it is none. */
function roleIn(choice: string, id: ScanId, ids: readonly ScanId[]): ScanRole | null {
  if (choice === 'one_person') return 'counts';
  const [kind = '', about] = choice.split(' ');
  const role = Object.hasOwn(ROLE_OF, kind) ? ROLE_OF[kind]! : null;
  if (role === null || !ids.includes(about as ScanId)) return null;
  return about === id ? role : 'counts';
}
