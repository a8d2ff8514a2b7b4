import { findConflicts, type Conflict } from './conflict.ts';
import { compareDecisions, isNamedIn, rolesIn, type Decision } from './decision.ts';
import { foldHistory, type History } from './history.ts';
import type { HolderId, ScanId } from './ids.ts';
import type { Registration } from './registration.ts';
import { compareScans, effectiveScans, type Scan } from './scan.ts';
import type { Venue } from './setting.ts';

/** A conflict that nobody has decided, or that is not what was decided any more. */
export interface OpenConflict extends Conflict {
  /** What was decided of some of its scans before the facts changed. */
  formerly: Decision | null;
}

/** A conflict with the decision that holds. */
export interface SettledConflict {
  holder: HolderId;
  registration: Registration | null;
  decision: Decision;
  /** The scans concerned, in effective order. */
  scans: Scan[];
}

export interface Judgement {
  history: History;
  open: OpenConflict[];
  settled: SettledConflict[];
}

/**
 * Folds a holder's scans as the office has decided about them. Like everything that is folded it depends on the sets of
 * scans and decisions alone, not on the order in which they arrive.
 *
 * - Of several decisions that name a scan, the last counts; one that is not the last for each of its scans is replaced.
 * - A decision holds as long as the facts that it was made on: had it not been made, the scans up to the last of its
 *   own would be in the same conflict. An exit that arrives late and explains a second entry, a scan that is taken
 *   back, a third entry between: then it says nothing any more, and whatever is still a conflict is open again.
 * - What comes after the last of its scans leaves it as it is. A further entry that is too much is a conflict anew,
 *   together with the scans that were decided: they are to be looked at with it.
 */
export function judge(
  holder: HolderId,
  scans: readonly Scan[],
  registration: Registration | null,
  venue: Venue,
  decisions: readonly Decision[],
): Judgement {
  if (decisions.length === 0) {
    const history = foldHistory(scans, venue);
    const open = findConflicts(holder, history, registration);
    return { history, open: open.map((conflict) => ({ ...conflict, formerly: null })), settled: [] };
  }
  const effective = effectiveScans(scans);
  const byId = new Map(effective.map((scan) => [scan.id, scan]));
  const settled: SettledConflict[] = [];
  const holding: Decision[] = [];
  for (const candidate of lastWords(decisions, byId)) {
    const { decision, scans } = candidate;
    const upToLast = effective.filter((scan) => compareScans(scan, scans.at(-1)!) <= 0);
    const before = foldHistory(upToLast, venue, rolesIn(holding));
    if (!isAbout(decision, withDecided(findConflicts(holder, before, registration, holding), holding, byId)))
      continue;
    holding.push(decision);
    settled.push({ holder, registration, decision, scans });
  }
  const history = foldHistory(effective, venue, rolesIn(holding));
  const open = withDecided(findConflicts(holder, history, registration, holding), holding, byId);
  const latestFirst = [...decisions].sort(compareDecisions).reverse();
  return {
    history,
    settled,
    open: open.map((conflict) => ({
      ...conflict,
      formerly:
        latestFirst.find((decision) => conflict.scans.some(({ id }) => isNamedIn(decision, id))) ?? null,
    })),
  };
}

/** The decisions that are the last for each of their scans, all of which are there; in the scans' order. */
function lastWords(
  decisions: readonly Decision[],
  byId: ReadonlyMap<ScanId, Scan>,
): Pick<SettledConflict, 'decision' | 'scans'>[] {
  return decisions
    .filter((decision) =>
      decision.scans.every(
        ({ id }) => !decisions.some((other) => isNamedIn(other, id) && compareDecisions(other, decision) > 0),
      ),
    )
    .map((decision) => ({
      decision,
      scans: decision.scans.flatMap(({ id }) => byId.get(id) ?? []).sort(compareScans),
    }))
    .filter(({ decision, scans }) => scans.length > 0 && scans.length === decision.scans.length)
    .sort((a, b) => compareScans(a.scans.at(-1)!, b.scans.at(-1)!));
}

/**
 * Whether a decision is about what is a conflict without it. A mistake stays one, and who was let in stays in, also when
 * the registration that was cancelled then is confirmed again; scans that contradict one another must still do so.
 */
function isAbout(decision: Decision, conflicts: Conflict[]): boolean {
  const touched = conflicts.filter(({ scans }) => scans.some(({ id }) => isNamedIn(decision, id)));
  if (!touched.every(({ scans }) => scans.every(({ id }) => isNamedIn(decision, id)))) return false;
  return (
    !decision.reasons.includes('double_entry') ||
    touched.some(
      ({ reasons, scans }) => reasons.includes('double_entry') && scans.length === decision.scans.length,
    )
  );
}

/** A conflict with scans that were decided before is about all that were decided together with them. */
function withDecided(
  conflicts: Conflict[],
  decisions: readonly Decision[],
  byId: ReadonlyMap<ScanId, Scan>,
): Conflict[] {
  return conflicts.map((conflict) => {
    const scans = new Set(conflict.scans);
    for (const decision of decisions)
      if (conflict.scans.some(({ id }) => isNamedIn(decision, id)))
        for (const { id } of decision.scans) scans.add(byId.get(id)!);
    return scans.size === conflict.scans.length
      ? conflict
      : { ...conflict, scans: [...scans].sort(compareScans) };
  });
}
