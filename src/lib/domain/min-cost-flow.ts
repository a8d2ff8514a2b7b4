/**
 * A flow of the least cost among those that carry the most: successive shortest paths, all paths of one length at a
 * time (the primal-dual method; Ahuja, Magnanti and Orlin, Network Flows, 1993, sections 9.7 and 9.8).
 */

/** Carries whole units from one node to another, each for the same cost. Nodes are numbered from 0. */
export interface Arc {
  from: number;
  to: number;
  capacity: number;
  /** A whole number, not negative. */
  cost: number;
}

export interface Flow {
  /** How many units go from source to sink. */
  amount: number;
  cost: number;
  /** How many units each arc carries, in the order of the arcs. */
  onArc: number[];
}

/** @returns as many units as can go from source to sink, for the least cost */
export function minCostFlow(nodes: number, arcs: readonly Arc[], source: number, sink: number): Flow {
  const net = new Residual(nodes, arcs);
  let amount = 0;
  let cost = 0;
  for (;;) {
    const distances = net.distancesFrom(source);
    const length = distances[sink]!;
    if (length === Infinity) break;
    for (let sent = Infinity; sent > 0;) {
      sent = net.send(source, sink, distances);
      amount += sent;
      cost += sent * length;
    }
  }
  return { amount, cost, onArc: arcs.map((arc, index) => arc.capacity - net.left[2 * index]!) };
}

/** What can still be sent: along each arc its rest, and against it what it carries. Arc i is 2i, its opposite 2i + 1. */
class Residual {
  readonly left: number[] = [];
  private readonly to: number[] = [];
  private readonly cost: number[] = [];
  private readonly leaving: number[][];
  private readonly nodes: number;

  constructor(nodes: number, arcs: readonly Arc[]) {
    this.nodes = nodes;
    this.leaving = Array.from({ length: nodes }, () => []);
    for (const { from, to, capacity, cost } of arcs) {
      this.leaving[from]!.push(this.to.length);
      this.leaving[to]!.push(this.to.length + 1);
      this.to.push(to, from);
      this.left.push(capacity, 0);
      this.cost.push(cost, -cost);
    }
  }

  /** The cost of the cheapest way to each node, where there is one. By Bellman and Ford, because costs get negative. */
  distancesFrom(source: number): number[] {
    const distances = Array<number>(this.nodes).fill(Infinity);
    distances[source] = 0;
    const queued = new Set([source]);
    for (const node of queued) {
      // A set is gone through in the order of adding, also of what is added meanwhile.
      queued.delete(node);
      for (const arc of this.leaving[node]!) {
        const distance = distances[node]! + this.cost[arc]!;
        const next = this.to[arc]!;
        if (this.left[arc]! === 0 || distance >= distances[next]!) continue;
        distances[next] = distance;
        queued.add(next);
      }
    }
    return distances;
  }

  /** Sends what it can along cheapest ways, each node being passed once at the most. @returns how much that was */
  send(source: number, sink: number, distances: readonly number[]): number {
    const passed = new Set<number>();
    const push = (node: number, most: number): number => {
      if (node === sink) return most;
      passed.add(node);
      let sent = 0;
      for (const arc of this.leaving[node]!) {
        const next = this.to[arc]!;
        const isCheapest = distances[next] === distances[node]! + this.cost[arc]!;
        if (this.left[arc]! === 0 || !isCheapest || passed.has(next)) continue;
        const part = push(next, Math.min(most - sent, this.left[arc]!));
        this.left[arc]! -= part;
        this.left[arc ^ 1]! += part;
        sent += part;
        if (sent === most) break;
      }
      return sent;
    };
    return push(source, Infinity);
  }
}
