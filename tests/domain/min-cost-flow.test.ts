import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minCostFlow, type Arc } from '../../src/lib/domain/min-cost-flow.ts';

const NODES = 5;
const SINK = NODES - 1;

const arcs = fc.array(
  fc.record({
    from: fc.integer({ min: 0, max: NODES - 1 }),
    to: fc.integer({ min: 0, max: NODES - 1 }),
    capacity: fc.integer({ min: 0, max: 2 }),
    cost: fc.integer({ min: 0, max: 5 }),
  }),
  { maxLength: 7 },
);

/** Tries every flow on every arc. */
function bruteForce(all: readonly Arc[]): { amount: number; cost: number } {
  let best = { amount: 0, cost: 0 };
  const excess = Array<number>(NODES).fill(0);
  const tryArc = (index: number, cost: number): void => {
    if (index === all.length) {
      const amount = excess[SINK]!;
      const isFlow = excess.every((units, node) => node === 0 || node === SINK || units === 0);
      if (isFlow && (amount > best.amount || (amount === best.amount && cost < best.cost)))
        best = { amount, cost };
      return;
    }
    const arc = all[index]!;
    for (let units = 0; units <= arc.capacity; units += 1) {
      excess[arc.from]! -= units;
      excess[arc.to]! += units;
      tryArc(index + 1, cost + units * arc.cost);
      excess[arc.from]! += units;
      excess[arc.to]! -= units;
    }
  };
  tryArc(0, 0);
  return best;
}

test('as much as possible flows, for as little as possible, and no arc carries what it can’t', () => {
  fc.assert(
    fc.property(arcs, (all) => {
      const flow = minCostFlow(NODES, all, 0, SINK);
      expect({ amount: flow.amount, cost: flow.cost }).toEqual(bruteForce(all));
      const excess = Array<number>(NODES).fill(0);
      let cost = 0;
      for (const [index, arc] of all.entries()) {
        const units = flow.onArc[index]!;
        expect(units).toBeGreaterThanOrEqual(0);
        expect(units).toBeLessThanOrEqual(arc.capacity);
        excess[arc.from]! -= units;
        excess[arc.to]! += units;
        cost += units * arc.cost;
      }
      expect(cost).toBe(flow.cost);
      expect(excess).toEqual([0 - flow.amount, 0, 0, 0, flow.amount]);
    }),
    { numRuns: 500 },
  );
});

test('what was sent the short way is sent back where that lets more through', () => {
  const flow = minCostFlow(
    4,
    [
      { from: 0, to: 1, capacity: 1, cost: 1 },
      { from: 0, to: 2, capacity: 1, cost: 4 },
      { from: 1, to: 2, capacity: 1, cost: 1 },
      { from: 1, to: 3, capacity: 1, cost: 5 },
      { from: 2, to: 3, capacity: 1, cost: 1 },
    ],
    0,
    3,
  );
  expect(flow).toEqual({ amount: 2, cost: 11, onArc: [1, 1, 0, 1, 1] });
});

test('nothing flows where no way leads', () => {
  expect(minCostFlow(2, [{ from: 1, to: 0, capacity: 3, cost: 0 }], 0, 1)).toEqual({
    amount: 0,
    cost: 0,
    onArc: [0],
  });
});
