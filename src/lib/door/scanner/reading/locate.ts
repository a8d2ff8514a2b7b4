import type { Finder } from './finders.ts';
import { greyAt, type GreyImage, type Surroundings } from './grey-image.ts';
import { perspectiveOf, type Perspective, type Point } from './perspective.ts';
import { FIXED, SIZE } from './ticket-symbol.ts';

/** The middles of the three finder patterns, and where the middle of a fourth would be: a square of 34 modules. */
export type Corners = readonly [Point, Point, Point, Point];

/** Where a ticket's code is in a picture. */
export interface Location {
  corners: Corners;
  polarity: 1 | -1;
  /** How well what is the same in every ticket is seen there: 1 is exactly. */
  likeness: number;
}

/** Modules from the middle of one finder pattern to the next, and from the code's edge to the first. */
export const SIDE = SIZE - 7;
const EDGE = 3;

/** Modules that are the same in every ticket: column, row and -1 for dark, 1 for light, from the first finder's middle. */
const KNOWN = [...FIXED.entries()]
  .filter(([, value]) => value !== 0)
  .map(([place, value]) => ({ u: (place % SIZE) - EDGE, v: Math.floor(place / SIZE) - EDGE, light: -value }));
const KNOWN_MEAN = KNOWN.reduce((sum, { light }) => sum + light, 0) / KNOWN.length;
const KNOWN_SQUARE = KNOWN.reduce((sum, { light }) => sum + (light - KNOWN_MEAN) ** 2, 0);

/** From the picture's place on the plane, a module's middle being `viewOf(corners)` at (column - 3, row - 3). */
export function viewOf(corners: Corners): Perspective {
  return perspectiveOf(SIDE, corners);
}

/** Least likeness of a place that is worth reading. */
const LEAST_LIKENESS = 0.42;
/** How many triples of finder patterns are tried. */
const MOST_TRIPLES = 6;

/** Finds the code whose finder patterns these may be. @returns null when none of them make one */
export function locateCode(image: GreyImage, around: Surroundings, finders: Finder[]): Location | null {
  let best: Location | null = null;
  for (const { corners, polarity } of triplesOf(finders)) {
    const rough = bestOpposite(image, around, corners, polarity);
    if (rough.likeness < LEAST_LIKENESS / 2 || rough.likeness < (best?.likeness ?? 0) / 2) continue;
    const fine = refine(image, around, rough);
    if (fine.likeness > (best?.likeness ?? LEAST_LIKENESS)) best = fine;
    if (fine.likeness > 0.8) break;
  }
  return best;
}

interface Triple {
  corners: Corners;
  polarity: 1 | -1;
  misfit: number;
}

/** Three finder patterns at right angles, 34 modules apart; the best first. Of two, the third is guessed. */
function triplesOf(finders: Finder[]): Triple[] {
  const triples: Triple[] = [];
  for (const corner of finders) {
    const arms = finders
      .filter((other) => other !== corner && other.polarity === corner.polarity)
      .map((end) => ({ end, misfit: armMisfit(corner, end) }))
      .filter(({ misfit }) => misfit < 1);
    for (const { end: right, misfit: one } of arms) {
      for (const { end: low, misfit: other } of arms) {
        const [ax, ay, bx, by] = [right.x - corner.x, right.y - corner.y, low.x - corner.x, low.y - corner.y];
        const lengths = Math.hypot(ax, ay) * Math.hypot(bx, by);
        // Seen from in front, the third is clockwise from the second.
        const sine = (ax * by - ay * bx) / lengths;
        if (sine < 0.7) continue;
        triples.push({
          ...complete(corner, right, low),
          polarity: corner.polarity,
          misfit: one + other + 2 * (1 - sine),
        });
      }
      const [ax, ay] = [right.x - corner.x, right.y - corner.y];
      // The one that is missing may be the third, or the one that the two belong to.
      const guesses = [
        complete(corner, right, { x: corner.x - ay, y: corner.y + ax }),
        complete(right, { x: right.x - ay, y: right.y + ax }, corner),
      ];
      for (const guess of guesses) triples.push({ ...guess, polarity: corner.polarity, misfit: 2 + 2 * one });
    }
  }
  return triples.sort((a, b) => a.misfit - b.misfit).slice(0, MOST_TRIPLES);
}

/** 0 where two finder patterns stand to each other as a code's do, 1 and more where they don't. */
function armMisfit(from: Finder, to: Finder): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const module = Math.sqrt(from.module * to.module);
  const length = Math.abs(Math.log(Math.hypot(dx, dy) / (SIDE * module))) / 0.45;
  const size = Math.abs(Math.log(from.module / to.module)) / 0.5;
  const angle = Math.atan2(dy, dx);
  const turn = (quarterDistance(angle, from.turn) + quarterDistance(angle, to.turn)) / 0.9;
  return Math.max(length, size, turn) + 1 - (from.likeness + to.likeness) / 2;
}

/** How far two directions differ when quarter turns don't count, in radians. */
function quarterDistance(a: number, b: number): number {
  const quarter = Math.PI / 2;
  const difference = (((a - b) % quarter) + quarter) % quarter;
  return Math.min(difference, quarter - difference);
}

function complete(corner: Point, right: Point, low: Point): { corners: Corners } {
  const opposite = { x: right.x + low.x - corner.x, y: right.y + low.y - corner.y };
  return { corners: [corner, right, low, opposite] };
}

/** Tries how the opposite corner may be displaced by the perspective. */
function bestOpposite(image: GreyImage, around: Surroundings, corners: Corners, polarity: 1 | -1): Location {
  const [corner, right, low, opposite] = corners;
  let best: Location = { corners, polarity, likeness: likeness(image, around, corners, polarity) };
  for (let i = -4; i <= 4; i += 1) {
    for (let j = -4; j <= 4; j += 1) {
      const [a, b] = [i * 0.04, j * 0.04];
      const moved = {
        x: opposite.x + a * (right.x - corner.x) + b * (low.x - corner.x),
        y: opposite.y + a * (right.y - corner.y) + b * (low.y - corner.y),
      };
      const attempt: Corners = [corner, right, low, moved];
      const value = likeness(image, around, attempt, polarity);
      if (value > best.likeness) best = { corners: attempt, polarity, likeness: value };
    }
  }
  return best;
}

/** Steps of the refinement, in modules. */
const STEPS = [0.8, 0.4, 0.2, 0.1];

/** Moves the corners, one by one and all at once, for as long as it makes the code clearer. */
export function refine(image: GreyImage, around: Surroundings, from: Location, steps = STEPS): Location {
  let best = from;
  const [corner, right] = from.corners;
  const module = Math.hypot(right.x - corner.x, right.y - corner.y) / SIDE;
  for (const step of steps) {
    const way = step * module;
    for (let round = 0; round < 4; round += 1) {
      const before = best.likeness;
      // The last number stands for all corners.
      for (let moving = 0; moving <= 4; moving += 1) {
        for (const [dx, dy] of [
          [way, 0],
          [-way, 0],
          [0, way],
          [0, -way],
        ] as const) {
          // prettier-ignore
          const corners = best.corners.map((point, i) =>
            moving === 4 || moving === i ? { x: point.x + dx, y: point.y + dy } : point,
          ) as unknown as Corners;
          const value = likeness(image, around, corners, best.polarity);
          if (value > best.likeness) best = { ...best, corners, likeness: value };
        }
      }
      if (best.likeness - before < 0.004) break;
    }
  }
  return best;
}

/** How far a code may have moved from one frame to the next, in modules; and how finely it is looked for. */
const FAR = 6;
const STRIDE = 0.8;

/** Finds a code again near where it was in the frame before. @returns null when it isn't there */
export function followCode(image: GreyImage, around: Surroundings, before: Location): Location | null {
  const [corner, right] = before.corners;
  const module = Math.hypot(right.x - corner.x, right.y - corner.y) / SIDE;
  let best: Location = { ...before, likeness: -1 };
  for (let dy = -FAR; dy <= FAR; dy += STRIDE) {
    for (let dx = -FAR; dx <= FAR; dx += STRIDE) {
      const corners = before.corners.map(({ x, y }) => ({ x: x + dx * module, y: y + dy * module }));
      const value = likeness(image, around, corners as unknown as Corners, before.polarity);
      if (value > best.likeness)
        best = { ...before, corners: corners as unknown as Corners, likeness: value };
    }
  }
  if (best.likeness < LEAST_LIKENESS / 2) return null;
  const fine = refine(image, around, best);
  return fine.likeness >= LEAST_LIKENESS ? fine : null;
}

/** How well the known modules are seen in a place. @returns -1 to 1 */
export function likeness(image: GreyImage, around: Surroundings, corners: Corners, polarity: 1 | -1): number {
  if (!corners.every((point) => isWithin(image, corners, point))) return -1;
  const view = viewOf(corners);
  let [sum, squares, mixed] = [0, 0, 0];
  for (const { u, v, light } of KNOWN) {
    const depth = 1 / (view[6]! * u + view[7]! * v + view[8]!);
    const x = (view[0]! * u + view[1]! * v + view[2]!) * depth;
    const y = (view[3]! * u + view[4]! * v + view[5]!) * depth;
    const value = greyAt(image, x, y) - around.at(x, y);
    sum += value;
    squares += value * value;
    mixed += value * light;
  }
  const spread = squares - (sum * sum) / KNOWN.length;
  if (!(spread > 1)) return -1;
  return (polarity * (mixed - sum * KNOWN_MEAN)) / Math.sqrt(spread * KNOWN_SQUARE);
}

/** Whether the code reaches beyond the picture nowhere: its edge is a ninth of its side away from the corners. */
function isWithin({ width, height }: GreyImage, corners: Corners, { x, y }: Point): boolean {
  const reach =
    0.22 * Math.max(Math.hypot(corners[1].x - corners[0].x, corners[1].y - corners[0].y), Math.hypot(corners[2].x - corners[0].x, corners[2].y - corners[0].y)); // prettier-ignore
  return x > reach && y > reach && x < width - reach - 1 && y < height - reach - 1;
}
