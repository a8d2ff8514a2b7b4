import type { Outcome, WorkgroupCapacity } from './place-assignment.ts';
import { Prices, solve } from './place-network.ts';
import type { Option, Party } from './place-wishes.ts';

/** After how many parties the turn is given up. */
const AT_ONCE = 1_000;

/**
 * Places people one by one, in the order in which they registered: each gets the best that is left without making the
 * whole worse. So of all best assignments it is the one in which who registered earlier is better off.
 */
export function* placePeople(
  parties: readonly Party[],
  capacities: readonly number[],
  workgroups: readonly Pick<WorkgroupCapacity, 'id'>[],
): Generator<void, Outcome[]> {
  const kinds = [...Map.groupBy(parties, ({ wishes }) => wishes.key).values()];
  const groups = kinds.map((alike) => ({
    count: alike.reduce((count, { members }) => count + members.length, 0),
    wishes: alike[0]!.wishes,
  }));
  const solution = solve(groups, capacities);
  if (!solution) throw new Error('whoever has a place could keep it');
  yield;
  const undecided = groups.map(({ count, wishes: { options, canWait } }, index): Undecided => {
    const given = solution.given[index]!;
    const waiting = count - given.reduce((sum, one) => sum + one, 0);
    return { options, canWait, given: [...given, waiting], closed: options.map(() => false) };
  });
  const exchange = new Exchange(undecided, capacities);
  const groupOf = new Map(groups.map(({ wishes }, index) => [wishes.key, undecided[index]!]));

  const outcomes: Outcome[] = [];
  for (const [index, party] of parties.entries()) {
    if (index % AT_ONCE === 0) yield;
    const group = groupOf.get(party.wishes.key)!;
    const given = party.members.map(() => exchange.bestFor(group));
    const placed = given.find((option) => option !== null);
    for (const [i, applicant] of party.members.entries()) {
      const option = given[i]!;
      // Whoever still waits does so where the others of the party are.
      const there = option ?? placed;
      const workgroupId = there ? workgroups[there.workgroup]!.id : applicant.workgroupId;
      outcomes.push({ applicant, workgroupId, state: option ? 'confirmed' : 'waitlisted' });
    }
  }
  return outcomes;
}

/** People who are alike, less those who have been decided. */
interface Undecided {
  options: Option[];
  canWait: boolean;
  /** How many get each option; at the end, how many wait. */
  given: number[];
  /** Which options none of them can get any more, unless one is free: what is decided never opens one. */
  closed: boolean[];
}

/** Somebody of a group gets another option; null where a place is only taken into use, or left unused. */
type Step = { group: Undecided; from: number; to: number } | null;

/** One more person in a workgroup makes one too many, who has to go to another one. */
interface Arc {
  from: number;
  to: number;
  cost: number;
  step: Step;
}

/**
 * The exchanges that leave the value as it is: cycles of the flow's residual network that cost nothing. Its nodes are
 * the workgroups, and one for those who wait and the places that nobody gets.
 */
class Exchange {
  private readonly groups: readonly Undecided[];
  private readonly prices: Prices;
  /** How many places of each workgroup nobody gets. */
  private readonly spare: number[];
  private readonly outside: number;

  constructor(groups: readonly Undecided[], capacities: readonly number[]) {
    this.groups = groups;
    this.prices = new Prices(capacities.length);
    this.outside = capacities.length;
    this.spare = [...capacities];
    for (const { options, given } of groups)
      for (const [i, { workgroup }] of options.entries()) this.spare[workgroup]! -= given[i]!;
  }

  /** Decides the next of these people. @returns null for waiting */
  bestFor(group: Undecided): Option | null {
    for (const [i, option] of group.options.entries()) {
      if (group.given[i] === 0 && !group.closed[i]) group.closed[i] = !this.makeRoom(group, i);
      if (group.given[i] === 0) continue;
      group.given[i]! -= 1;
      return option;
    }
    group.given[group.options.length]! -= 1;
    return null;
  }

  /** Gives one of a group this option for a lesser one, where others can change theirs so that the value stays. */
  private makeRoom(group: Undecided, wanted: number): boolean {
    const paths = this.pathsFrom(this.nodeOf(group, wanted));
    for (let lesser = wanted + 1; lesser < group.given.length; lesser += 1) {
      const gain = this.priceOf(group, lesser) - this.priceOf(group, wanted);
      let at = this.nodeOf(group, lesser);
      if (group.given[lesser] === 0 || paths[at]!.cost !== gain) continue;
      this.take({ group, from: lesser, to: wanted });
      for (let arc = paths[at]!.last; arc; arc = paths[at]!.last) {
        this.take(arc.step);
        at = arc.from;
      }
      return true;
    }
    return false;
  }

  private nodeOf({ options }: Undecided, i: number): number {
    return options[i]?.workgroup ?? this.outside;
  }

  private priceOf({ options }: Undecided, i: number): number {
    return options[i] ? this.prices.of(options[i]) : this.prices.waiting;
  }

  private take(step: Step): void {
    if (!step) return;
    const { group, from, to } = step;
    group.given[from]! -= 1;
    group.given[to]! += 1;
    const [left, entered] = [group.options[from], group.options[to]];
    if (left) this.spare[left.workgroup]! += 1;
    if (entered) this.spare[entered.workgroup]! -= 1;
  }

  /** The cheapest way from a node to each other one. By Bellman and Ford, because costs get negative. */
  private pathsFrom(start: number): { cost: number; last: Arc | null }[] {
    const arcs = this.cheapestArcs();
    const paths: { cost: number; last: Arc | null }[] = [...this.spare, 0].map((_, node) => ({
      cost: node === start ? 0 : Infinity,
      last: null,
    }));
    for (let changed = true; changed;) {
      changed = false;
      for (const arc of arcs) {
        const cost = paths[arc.from]!.cost + arc.cost;
        if (cost >= paths[arc.to]!.cost) continue;
        paths[arc.to] = { cost, last: arc };
        changed = true;
      }
    }
    return paths;
  }

  /** For each two nodes the cheapest arc from one to the other. */
  private cheapestArcs(): Arc[] {
    const nodes = this.spare.length + 1;
    const cheapest = new Map<number, Arc>();
    const offer = (arc: Arc): void => {
      const key = arc.from * nodes + arc.to;
      if (arc.cost < (cheapest.get(key)?.cost ?? Infinity)) cheapest.set(key, arc);
    };
    for (const [workgroup, spare] of this.spare.entries()) {
      if (spare > 0) offer({ from: workgroup, to: this.outside, cost: 0, step: null });
      offer({ from: this.outside, to: workgroup, cost: 0, step: null });
    }
    for (const group of this.groups) {
      const options = group.canWait ? group.given.keys() : group.options.keys();
      const all = [...options];
      for (const from of all)
        for (const to of all) {
          if (from === to || group.given[from] === 0) continue;
          const cost = this.priceOf(group, to) - this.priceOf(group, from);
          offer({
            from: this.nodeOf(group, from),
            to: this.nodeOf(group, to),
            cost,
            step: { group, from, to },
          });
        }
    }
    return [...cheapest.values()];
  }
}
