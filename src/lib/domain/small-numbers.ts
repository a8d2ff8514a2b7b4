import * as v from 'valibot';

/** From this number on a count says nothing about a person. */
export const SMALLEST_SHOWN = 5;

/** A count that may be shown; `few`: fewer than five; `held_back`: it would give away what a small one is. */
export const ShownCountSchema = v.union([
  v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  v.picklist(['few', 'held_back']),
]);
export type ShownCount = v.InferOutput<typeof ShownCountSchema>;

/** Makes one count fit to be shown. */
export function protectCount(count: number): ShownCount {
  return count < SMALLEST_SHOWN ? 'few' : count;
}

/**
 * Makes the parts of a total fit to be shown, when the total is shown too: whoever takes the other parts from it must
 * not find out what a small one is. Where they could, the largest part is held back as well: only of the largest
 * it stays open how much larger it is. This holds although the reader knows this rule.
 *
 * @param parts - none is left out for being empty: that a part is missing would say that it is
 */
export function protectParts<Key>(parts: readonly (readonly [Key, number])[]): [Key, ShownCount][] {
  const small = parts.filter(([, count]) => count < SMALLEST_SHOWN);
  const sum = small.reduce((sum, [, count]) => sum + count, 0);
  // One alone is what is missing from the total; of several, their sum may leave no choice, or nearly none.
  const most = small.length * (SMALLEST_SHOWN - 1);
  const betrayed = small.length === 1 || (small.length > 1 && sum >= most - 1);
  const largest = Math.max(...parts.map(([, count]) => count));
  const heldBack =
    betrayed && largest >= SMALLEST_SHOWN ? parts.find(([, count]) => count === largest) : null;
  return parts.map((part) => [part[0], part === heldBack ? 'held_back' : protectCount(part[1])]);
}
