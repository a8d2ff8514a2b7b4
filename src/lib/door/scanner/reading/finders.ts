import { greyAt, halve, type GreyImage, type Surroundings } from './grey-image.ts';
import { BLOCK, judgeTexture, type Texture } from './texture.ts';

/** What looks like one of a QR code's three finder patterns. */
export interface Finder {
  x: number;
  y: number;
  /** A module's width there, in pixels. */
  module: number;
  /** How far it is turned, in radians from 0 to a quarter turn: it looks the same after each quarter. */
  turn: number;
  /** 1 where its middle is dark, -1 where it is light, as in a dark mode. */
  polarity: 1 | -1;
  /** How much it looks like one: 1 is exactly. */
  likeness: number;
}

/** The sizes of module that are looked for, in pixels. */
const SIZES = [1.5, 1.9, 2.4, 3, 3.8, 4.8, 6, 7.5];
/** A spot's least distinctness, against how much its surroundings vary. */
const LEAST_SPOT = 1.2;
/** For each size. */
const MOST_SPOTS = 40;
const LEAST_LIKENESS = 0.45;
const MOST_FINDERS = 24;

interface Spot {
  x: number;
  y: number;
  module: number;
  score: number;
  polarity: 1 | -1;
}

/**
 * Looks for finder patterns by what is left of them when the picture is blurred, faint or noisy: first for spots, dark
 * in a light ring or the other way, then for the whole pattern in each turn.
 *
 * @returns the likeliest first
 */
export function findFinders(image: GreyImage, around: Surroundings): Finder[] {
  const spots = findSpots(image, judgeTexture(image, around));
  const finders = spots.map((spot) => likenessOf(image, spot)).filter((finder) => finder !== null);
  finders.sort((a, b) => b.likeness - a.likeness);
  const kept: Finder[] = [];
  for (const finder of finders) {
    const known = kept.some(
      (other) =>
        Math.hypot(other.x - finder.x, other.y - finder.y) < 3 * Math.min(finder.module, other.module),
    );
    if (!known) kept.push(finder);
    if (kept.length === MOST_FINDERS) break;
  }
  return kept;
}

/** Large modules are looked for in the picture of half the size. */
const LARGE = 2.5;

function findSpots(image: GreyImage, texture: Texture): Spot[] {
  const half = halve(image);
  const [sums, halfSums] = [integral(image), integral(half)];
  return SIZES.flatMap((module) => {
    if (module < LARGE) return spotsOf(image, sums, texture, BLOCK, module);
    const spots = spotsOf(half, halfSums, texture, BLOCK / 2, module / 2);
    return spots.map((spot) => ({ ...spot, x: 2 * spot.x + 0.5, y: 2 * spot.y + 0.5, module }));
  });
}

/** @param sums - the picture's `integral`; @param block - the side of the texture's blocks in this picture */
function spotsOf(
  { width, height, data }: GreyImage,
  sums: Uint32Array,
  texture: Texture,
  block: number,
  module: number,
): Spot[] {
  const spots: Spot[] = [];
  const step = Math.max(1, Math.round(0.45 * module));
  const half = Math.max(1, Math.round(1.1 * module));
  const side = 2 * half - 1;
  const stride = width + 1;
  const ring = ringOffsets(2.15 * module, width);
  const margin = Math.ceil(4.5 * module) + 1;
  for (let row = 0; row < texture.rows; row += 1) {
    for (let column = 0; column < texture.columns; column += 1) {
      if (!texture.busy[row * texture.columns + column]) continue;
      const least = LEAST_SPOT * (texture.deviation[row * texture.columns + column]! + 1);
      const bottom = Math.min(height - margin, (row + 1) * block);
      const right = Math.min(width - margin, (column + 1) * block);
      let best: Spot | null = null;
      for (let y = Math.max(margin, row * block); y < bottom; y += step) {
        for (let x = Math.max(margin, column * block); x < right; x += step) {
          const i = y * width + x;
          const a = (y - half + 1) * stride + x - half + 1;
          const b = a + side * stride;
          const core = (sums[b + side]! - sums[b]! - sums[a + side]! + sums[a]!) / (side * side);
          let around = 0;
          for (let k = 0; k < ring.length; k += 1) around += data[i + ring[k]!]!;
          const contrast = around / ring.length - core;
          const score = Math.abs(contrast) / least;
          if (score > 1 && score > (best?.score ?? 0))
            best = { x, y, module, score, polarity: contrast > 0 ? 1 : -1 };
        }
      }
      if (best) spots.push(best);
    }
  }
  return spots.sort((a, b) => b.score - a.score).slice(0, MOST_SPOTS);
}

function ringOffsets(radius: number, width: number): Int32Array {
  return Int32Array.from({ length: 12 }, (_, k) => {
    const angle = (k * Math.PI) / 6;
    return Math.round(radius * Math.sin(angle)) * width + Math.round(radius * Math.cos(angle));
  });
}

/** For each corner between pixels, the sum of all pixels above and left of it. */
function integral({ width, height, data }: GreyImage): Uint32Array {
  const stride = width + 1;
  const sums = new Uint32Array(stride * (height + 1));
  for (let y = 0; y < height; y += 1) {
    let sum = 0;
    for (let x = 0; x < width; x += 1) {
      sum += data[y * width + x]!;
      sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1]! + sum;
    }
  }
  return sums;
}

/** The pattern with its light border: places in modules from its middle, and -1 where it is dark. */
const PATTERN = Array.from({ length: 81 }, (_, i) => {
  const [u, v] = [(i % 9) - 4, Math.floor(i / 9) - 4];
  const ring = Math.max(Math.abs(u), Math.abs(v));
  return { u, v, light: ring === 2 || ring === 4 ? 1 : -1 };
});
const PATTERN_MEAN = PATTERN.reduce((sum, { light }) => sum + light, 0) / PATTERN.length;
const PATTERN_SQUARE = PATTERN.reduce((sum, { light }) => sum + (light - PATTERN_MEAN) ** 2, 0);
const TURNS = Array.from({ length: 6 }, (_, i) => (i * Math.PI) / 12);

/** Tries the pattern in several turns, sizes and nearby places. */
function likenessOf(image: GreyImage, spot: Spot): Finder | null {
  let best: Finder = { ...spot, turn: 0, likeness: 0 };
  const attempt = (x: number, y: number, module: number, turn: number) => {
    const likeness = spot.polarity * correlation(image, x, y, module, turn);
    if (likeness > best.likeness) best = { ...best, x, y, module, turn, likeness };
  };
  for (const turn of TURNS) attempt(spot.x, spot.y, spot.module, turn);
  if (best.likeness < LEAST_LIKENESS / 2) return null;
  for (const size of [0.85, 1.15]) attempt(spot.x, spot.y, size * spot.module, best.turn);
  if (best.likeness < LEAST_LIKENESS / 1.5) return null;
  for (const step of [0.5, 0.25]) {
    const { x, y, module, turn } = best;
    const way = step * module;
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
      [1, 1],
      [-1, -1],
      [1, -1],
      [-1, 1],
    ])
      // prettier-ignore
      attempt(x + dx! * way, y + dy! * way, module, turn);
    for (const size of [0.92, 1.08]) attempt(best.x, best.y, module * size, turn);
    for (const angle of [-0.13, 0.13]) attempt(best.x, best.y, best.module, turn + angle);
  }
  return best.likeness >= LEAST_LIKENESS ? best : null;
}

/** @returns -1 to 1 */
function correlation(image: GreyImage, x: number, y: number, module: number, turn: number): number {
  const reach = 6 * module + 1;
  if (x < reach || y < reach || x >= image.width - reach || y >= image.height - reach) return 0;
  const along = module * Math.cos(turn);
  const across = module * Math.sin(turn);
  let [sum, squares, mixed] = [0, 0, 0];
  for (const { u, v, light } of PATTERN) {
    const grey = greyAt(image, x + u * along - v * across, y + u * across + v * along);
    sum += grey;
    squares += grey * grey;
    mixed += grey * light;
  }
  const spread = squares - (sum * sum) / PATTERN.length;
  if (spread < 1) return 0;
  return (mixed - sum * PATTERN_MEAN) / Math.sqrt(spread * PATTERN_SQUARE);
}
