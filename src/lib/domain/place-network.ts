import { minCostFlow, type Arc } from './min-cost-flow.ts';
import type { Option, Wishes } from './place-wishes.ts';

/** So many people who are alike. */
export interface Group {
  count: number;
  wishes: Wishes;
  /** For each option, how many of them can get it at the most; without it there is no such limit. */
  most?: number[];
}

/** How good an assignment is, the weightiest first: with a place, first choice, second choice, less those moved. */
export type Value = readonly [places: number, first: number, second: number, stayed: number];

export interface Solution {
  value: Value;
  /** For each group, how many get each of its options. */
  given: number[][];
}

/** @returns above zero where the first is better, below where the second is */
export function compareValues(a: Value, b: Value): number {
  const index = a.findIndex((figure, i) => figure !== b[i]);
  return index === -1 ? 0 : a[index]! - b[index]!;
}

/**
 * What one person's option costs, in one number that orders as the value does. An exchange along a cycle of the network
 * passes each workgroup once at the most, and so changes each figure by less than the base.
 */
export class Prices {
  readonly waiting: number;
  private readonly base: number;

  constructor(workgroups: number) {
    this.base = 4 * (workgroups + 3);
    this.waiting = this.base ** 3 + this.base ** 2;
  }

  of({ wish, moved }: Option): number {
    return [0, this.base ** 2 - this.base, this.base ** 2][wish]! + Number(moved);
  }
}

const SOURCE = 0;
const SINK = 1;

/** The best for groups of people, each person by themselves. @returns null where some have no place that must have one */
export function solve(groups: readonly Group[], capacities: readonly number[]): Solution | null {
  const prices = new Prices(capacities.length);
  const workgroupNode = (workgroup: number) => 2 + workgroup;
  const arcs: Arc[] = capacities.map((capacity, workgroup) => ({
    from: workgroupNode(workgroup),
    to: SINK,
    capacity,
    cost: 0,
  }));
  const firstArcs = groups.map(({ count, wishes: { options, canWait }, most }, index) => {
    const node = 2 + capacities.length + index;
    const firstArc = arcs.length;
    for (const [i, option] of options.entries())
      arcs.push({
        from: node,
        to: workgroupNode(option.workgroup),
        capacity: Math.min(count, most?.[i] ?? count),
        cost: prices.of(option),
      });
    if (canWait) arcs.push({ from: node, to: SINK, capacity: count, cost: prices.waiting });
    arcs.push({ from: SOURCE, to: node, capacity: count, cost: 0 });
    return firstArc;
  });
  const flow = minCostFlow(2 + capacities.length + groups.length, arcs, SOURCE, SINK);
  if (flow.amount < groups.reduce((sum, { count }) => sum + count, 0)) return null;
  const given = groups.map(({ wishes }, index) =>
    flow.onArc.slice(firstArcs[index], firstArcs[index]! + wishes.options.length),
  );
  return { value: valueOf(groups, given), given };
}

function valueOf(groups: readonly Group[], given: readonly number[][]): Value {
  const sum = (counts: (option: Option) => boolean): number => {
    let total = 0;
    for (const [index, { wishes }] of groups.entries())
      for (const [i, option] of wishes.options.entries()) if (counts(option)) total += given[index]![i]!;
    return total;
  };
  return [
    sum(() => true),
    sum(({ wish }) => wish === 0),
    sum(({ wish }) => wish === 1),
    0 - sum(({ moved }) => moved),
  ];
}
