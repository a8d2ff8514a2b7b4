import type { Applicant, AssignmentRules, WorkgroupCapacity } from './place-assignment.ts';

/** How much somebody wished for a workgroup: 0 first choice, 1 second choice, 2 neither. */
export type Wish = 0 | 1 | 2;

/** A workgroup, by its index, where somebody can get a place. */
export interface Option {
  workgroup: number;
  wish: Wish;
  /** Whether that takes somebody who has a place to another one. */
  moved: boolean;
}

/** What people wish for who are alike: it makes no difference to the figures which of them gets what. */
export interface Wishes {
  /** What they can get, the best first. */
  options: Option[];
  /** Otherwise they have a place, and can't be without. */
  canWait: boolean;
  /** The same for the same options. */
  key: string;
}

export function wishesFor(options: Option[], canWait: boolean): Wishes {
  const words = options.map(({ workgroup, wish, moved }) => `${workgroup}.${wish}${moved ? 'm' : ''}`);
  return { options, canWait, key: [canWait, ...words].join() };
}

/** People who stay in one workgroup; mostly one. All have a place, or all wait. */
export interface Party {
  members: Applicant[];
  wishes: Wishes;
}

/** The parties, in the order in which they registered. It gives up its turn (`yield`) in between. */
export function* partiesOf(
  applicants: readonly Applicant[],
  workgroups: readonly WorkgroupCapacity[],
  rules: AssignmentRules,
): Generator<void, Party[]> {
  const indexes = new Map<string, number>(workgroups.map(({ id }, index) => [id, index]));
  const known = new Map<string, Wishes>();
  const wishesOf = (applicant: Applicant, mustStay: boolean): Wishes => {
    const key = `${choiceKey(applicant)},${applicant.state},${mustStay}`;
    const found = known.get(key);
    if (found) return found;
    const present = indexes.get(applicant.workgroupId);
    const options = optionsOf(applicant, indexes, rules).filter(
      ({ workgroup }) => !mustStay || workgroup === present,
    );
    const wishes = wishesFor(options, applicant.state === 'waitlisted');
    known.set(key, wishes);
    return wishes;
  };
  const inOrder = [...applicants].sort(byTime);
  yield;
  const together = Map.groupBy(inOrder, (one) => `${one.hostId ?? one.id},${choiceKey(one)}`);
  yield;
  return [...together.values()].flatMap((members): Party[] => {
    const isMixed = members.some(({ state }) => state !== members[0]!.state);
    const groups = isMixed ? members.map((one) => [one]) : [members];
    return groups.map((group) => ({ members: group, wishes: wishesOf(group[0]!, isMixed) }));
  });
}

const choiceKey = ({ workgroupId, firstChoiceId, secondChoiceId }: Applicant): string =>
  `${workgroupId},${firstChoiceId ?? ''},${secondChoiceId ?? ''}`;

const byTime = (a: Applicant, b: Applicant): number =>
  a.registeredAt - b.registeredAt || (a.id < b.id ? -1 : Number(a.id > b.id));

/** Where somebody can get a place, the best first; the rules are those of `assignPlaces`. */
function optionsOf(
  applicant: Applicant,
  indexes: ReadonlyMap<string, number>,
  { onlyGains, elsewhere }: AssignmentRules,
): Option[] {
  const present = indexes.get(applicant.workgroupId)!;
  const waits = applicant.state === 'waitlisted';
  const [first, second] = choicesOf(applicant, indexes);
  const others = waits && elsewhere ? indexes.values() : [];
  const all = [...new Set([first, second ?? first, present, ...others])];
  const kept = waits || !onlyGains ? all : all.slice(0, all.indexOf(present) + 1);
  return kept.map((workgroup) => ({
    workgroup,
    wish: workgroup === first ? 0 : workgroup === second ? 1 : 2,
    moved: !waits && workgroup !== present,
  }));
}

/** The first and the second choice, where there still is such a workgroup. */
function choicesOf(
  { firstChoiceId, secondChoiceId, workgroupId }: Applicant,
  indexes: ReadonlyMap<string, number>,
): [number, number | undefined] {
  const [first, second] = [firstChoiceId, secondChoiceId].flatMap((id) => indexes.get(id ?? '') ?? []);
  return [first ?? indexes.get(workgroupId)!, second];
}

/** Tells how much somebody wished for a workgroup. */
export function wishTeller(
  workgroups: readonly Pick<WorkgroupCapacity, 'id'>[],
): (applicant: Applicant, workgroupId: Applicant['workgroupId']) => Wish {
  const indexes = new Map<string, number>(workgroups.map(({ id }, index) => [id, index]));
  return (applicant, workgroupId) => {
    const [first, second] = choicesOf(applicant, indexes);
    const index = indexes.get(workgroupId);
    return index === first ? 0 : index === second ? 1 : 2;
  };
}
