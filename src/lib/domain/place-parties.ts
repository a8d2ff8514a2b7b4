import { compareValues, solve, type Group, type Solution } from './place-network.ts';
import { wishesFor, type Option, type Party, type Wishes } from './place-wishes.ts';

/** How many branches are divided at the most to find the best, and as many again to find a good one. */
const MOST_DIVIDED = 120;

/**
 * Decides for parties of several people which one workgroup each goes to. As long as parties may be torn, a flow tells
 * the best; where it tears some, both ways out are tried: fewer of their kind there, or so many and these whole. The
 * most promising is looked at first (branch and bound), so the first that tears nobody is the best. Where that takes
 * too long, the better way out is followed to its end, which is hardly ever worse by more than a few people.
 *
 * @returns the parties in their order, those of several people with one option only
 */
export function* settleParties(
  parties: readonly Party[],
  capacities: readonly number[],
): Generator<void, { settled: Party[]; proven: boolean }> {
  const kinds = [
    ...Map.groupBy(parties, ({ members, wishes }) => `${members.length},${wishes.key}`).values(),
  ];
  const open = [branchOf(kinds.map(freeKind), capacities)].filter((branch) => branch !== null);
  for (let divided = 0; divided < 2 * MOST_DIVIDED; divided += 1) {
    yield;
    const proven = divided < MOST_DIVIDED;
    const branch = proven ? takeBest(open) : open.pop()!;
    const torn = branch.kinds.findIndex((kind, index) => isTorn(kind, branch.given[index]!));
    if (torn === -1) return { settled: inOneWorkgroup(parties, branch), proven };
    const ways = divide(branch.kinds[torn]!, branch.given[torn]!)
      .map((kind) => branchOf(branch.kinds.with(torn, kind), capacities))
      .filter((way) => way !== null);
    open.push(...ways.sort((a, b) => compareValues(a.value, b.value)));
    if (divided === MOST_DIVIDED - 1) open.push(takeBest(open));
  }
  return { settled: parties.map(asTheyAre), proven: false };
}

/** Parties that are alike, and what has been decided of them. */
interface Kind {
  parties: Party[];
  size: number;
  wishes: Wishes;
  /** For each option, of how many it has been decided that they go there. */
  bound: number[];
  /** For each option, how many of the others may go there at the most. */
  most: number[];
}

interface Branch {
  kinds: Kind[];
  value: Solution['value'];
  /** For each kind, how many people of those parties of which nothing has been decided get each option. */
  given: number[][];
}

function freeKind(parties: Party[]): Kind {
  const { members, wishes } = parties[0]!;
  const bound = wishes.options.map(() => 0);
  return { parties, size: members.length, wishes, bound, most: wishes.options.map(() => Infinity) };
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
const leftOf = ({ parties, bound }: Kind): number => parties.length - sum(bound);

function branchOf(kinds: Kind[], capacities: readonly number[]): Branch | null {
  const free = kinds.map((kind): Group => ({
    count: kind.size * leftOf(kind),
    wishes: kind.wishes,
    most: kind.most.map((most) => most * kind.size),
  }));
  const bound = kinds.flatMap(({ size, wishes, bound }) =>
    wishes.options.flatMap((option, i): Group[] =>
      bound[i]! === 0 ? [] : [{ count: size * bound[i]!, wishes: wishesFor([option], wishes.canWait) }],
    ),
  );
  const solution = solve([...free, ...bound], capacities);
  return solution && { kinds, value: solution.value, given: solution.given.slice(0, kinds.length) };
}

/** The most promising; of several that are, the one that has been divided most. */
function takeBest(open: Branch[]): Branch {
  let best = 0;
  for (let i = 1; i < open.length; i += 1)
    if (compareValues(open[i]!.value, open[best]!.value) >= 0) best = i;
  return open.splice(best, 1)[0]!;
}

/** How many parties it takes at the least to fill what is given of each option. */
const partiesFor = ({ size }: Kind, given: readonly number[]): number[] =>
  given.map((people) => Math.ceil(people / size));

const isTorn = (kind: Kind, given: readonly number[]): boolean => sum(partiesFor(kind, given)) > leftOf(kind);

function divide(kind: Kind, given: readonly number[]): [Kind, Kind] {
  const option = given.findIndex((people) => people % kind.size !== 0);
  const count = partiesFor(kind, given)[option]!;
  return [
    { ...kind, most: kind.most.with(option, count - 1) },
    {
      ...kind,
      bound: kind.bound.with(option, kind.bound[option]! + count),
      most: kind.most.with(option, kind.most[option]! - count),
    },
  ];
}

/** Who registered first gets the best option; parties that get no place wait for their first choice. */
function inOneWorkgroup(parties: readonly Party[], { kinds, given }: Branch): Party[] {
  const options = new Map<Party, Option>();
  for (const [index, kind] of kinds.entries()) {
    const counts = partiesFor(kind, given[index]!);
    const waiting = kind.parties.values();
    for (const [i, option] of kind.wishes.options.entries())
      for (const party of waiting.take(kind.bound[i]! + counts[i]!)) options.set(party, option);
  }
  return parties.map((party) => narrowed(party, options.get(party) ?? party.wishes.options[0]!));
}

/** What is always possible. */
function asTheyAre(party: Party): Party {
  return narrowed(
    party,
    party.wishes.options.find(({ moved }) => !moved)!,
  );
}

/** Whoever is alone can still get everything. */
function narrowed(party: Party, option: Option): Party {
  if (party.members.length === 1) return party;
  return { ...party, wishes: wishesFor([option], party.wishes.canWait) };
}
