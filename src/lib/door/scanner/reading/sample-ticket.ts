import type { GreyImage } from './grey-image.ts';
import { SIZE } from './ticket-symbol.ts';

/** A ticket's text that no key has signed, and its code: what a reader that works must read. */
export const SAMPLE_TEXT = `EL:${'0'.repeat(150)}`;

/** The code's modules row by row, a bit each, dark is 1. */
const MODULES =
  '/iqqqr/BaqqqkG6Kqqqrt0qqqqXbrqqqquwTmqqpB/qqqqr+AOqqqgCqZCqqiSqyaqqrqqiKqqqqqoqqquqrqqqqzuqqqqqrqqqqqqu6qqqqqv4q' +
  'qqqqsCqqqqqq6qqqqqyqqqqqqKqqqqqqqoqqqq6rKqqqqKpiqqqqqqiqqqsqu6qqqaqsyqqrKqqKqqoqq6qqqsrqqqqqqrqqqqqqqqqqqqqyqqqq' +
  '+oBqqqrGv4qqqqqwSqqqsauqqqqvrdCKqqqq6iOqqq8EKuqqq/7OCqqqigA=';

/** Light modules around it, and a module's side in pixels. */
const MARGIN = 24;
const SCALE = 4;

/** Draws the sample as a camera would see it. */
export function drawSample(): GreyImage {
  const bits = Uint8Array.from(atob(MODULES), (char) => char.charCodeAt(0));
  const side = (SIZE + 2 * MARGIN) * SCALE;
  const data = new Uint8Array(side * side).fill(255);
  for (let y = 0; y < SIZE * SCALE; y += 1) {
    for (let x = 0; x < SIZE * SCALE; x += 1) {
      const module = Math.floor(y / SCALE) * SIZE + Math.floor(x / SCALE);
      const dark = bits[module >> 3]! & (0x80 >> (module & 7));
      if (dark) data[(y + MARGIN * SCALE) * side + x + MARGIN * SCALE] = 0;
    }
  }
  return { width: side, height: side, data };
}
