import { greyAt, type GreyImage } from './grey-image.ts';
import { viewOf, type Location } from './locate.ts';
import { FIXED, MODULES, SIZE } from './ticket-symbol.ts';

/** What is seen around each module's middle: five by five places, half a module apart, by rows. */
export interface Samples {
  /** For each module its places, brought to the same brightness and contrast all over the code; dark is above 0. */
  places: Float32Array;
  /** For each module, how much contrast there is around it against the rest of the code: 0 to 1. */
  contrast: Float32Array;
}

const AROUND = 5;
export const PLACES = AROUND * AROUND;
/** The grid of places: two to a module, and one module around the code. */
const GRID = 2 * SIZE + 3;
/** Within so many modules around, brightness and contrast are brought to the same. */
const NEAR = 5;

/** Takes a code's samples from the place where it was found. */
export function takeSamples(image: GreyImage, { corners, polarity }: Location): Samples {
  const view = viewOf(corners);
  const grid = new Float32Array(GRID * GRID);
  for (let row = 0; row < GRID; row += 1) {
    for (let column = 0; column < GRID; column += 1) {
      // A module's middle is at an even place.
      const [u, v] = [column / 2 - 4, row / 2 - 4];
      const depth = 1 / (view[6]! * u + view[7]! * v + view[8]!);
      const x = clamp((view[0]! * u + view[1]! * v + view[2]!) * depth, image.width - 2);
      const y = clamp((view[3]! * u + view[4]! * v + view[5]!) * depth, image.height - 2);
      grid[row * GRID + column] = -polarity * greyAt(image, x, y);
    }
  }
  return normalise(grid);
}

function clamp(value: number, most: number): number {
  return value < 0 ? 0 : value > most ? most : value;
}

function normalise(grid: Float32Array): Samples {
  const places = new Float32Array(MODULES * PLACES);
  const contrast = new Float32Array(MODULES);
  const middle = (x: number, y: number) => grid[(2 * y + 2) * GRID + 2 * x + 2]!;
  const means = new Float32Array(MODULES);
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      let [sum, squares, count] = [0, 0, 0];
      for (let v = Math.max(0, y - NEAR); v <= Math.min(SIZE - 1, y + NEAR); v += 1) {
        for (let u = Math.max(0, x - NEAR); u <= Math.min(SIZE - 1, x + NEAR); u += 1) {
          const value = middle(u, v);
          sum += value;
          squares += value * value;
          count += 1;
        }
      }
      means[y * SIZE + x] = sum / count;
      contrast[y * SIZE + x] = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
    }
  }
  const typical = [...contrast].sort((a, b) => a - b)[MODULES >> 1]! + 1e-6;
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      const module = y * SIZE + x;
      const scale = 1 / Math.max(contrast[module]!, 0.3 * typical);
      for (let i = 0; i < PLACES; i += 1) {
        const at = (2 * y + Math.floor(i / AROUND)) * GRID + 2 * x + (i % AROUND);
        places[module * PLACES + i] = (grid[at]! - means[module]!) * scale;
      }
      contrast[module] = Math.min(1, contrast[module]! / typical);
    }
  }
  return { places, contrast };
}

/** How far the weights are held to the plain one, which takes the module's middle as it is. */
const RESTRAINT = 12;

/**
 * Takes the blur back: from the modules that are known, learns how a module follows from what is seen around it (least
 * squares, held to the plain way), and reads all modules so.
 *
 * @param known - 1 dark, -1 light, 0 unknown
 * @returns above 0 is dark; 1 is as sure as a known module is in the mean
 */
export function readModules({ places, contrast }: Samples, known: Int8Array = FIXED): Float32Array {
  const weights = learn(places, known);
  return Float32Array.from({ length: MODULES }, (_, module) => {
    let value = weights[PLACES]!;
    for (let i = 0; i < PLACES; i += 1) value += weights[i]! * places[module * PLACES + i]!;
    return value * contrast[module]!;
  });
}

function learn(places: Float32Array, known: Int8Array): Float64Array {
  const size = PLACES + 1;
  const matrix = new Float64Array(size * size);
  const target = new Float64Array(size);
  const row = new Float64Array(size);
  row[PLACES] = 1;
  let count = 0;
  for (let module = 0; module < MODULES; module += 1) {
    const value = known[module]!;
    if (value === 0) continue;
    count += 1;
    for (let i = 0; i < PLACES; i += 1) row[i] = places[module * PLACES + i]!;
    for (let i = 0; i < size; i += 1) {
      const factor = row[i]!;
      target[i]! += factor * value;
      for (let j = 0; j <= i; j += 1) matrix[i * size + j]! += factor * row[j]!;
    }
  }
  const hold = RESTRAINT * (count / 268);
  for (let i = 0; i < size; i += 1) matrix[i * size + i]! += hold;
  target[PLACES >> 1]! += hold * 0.8;
  return solve(matrix, target, size);
}

/** Solves a symmetric system, of which the lower half is given, in place (Cholesky). */
function solve(matrix: Float64Array, target: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k += 1) sum -= matrix[i * size + k]! * matrix[j * size + k]!;
      matrix[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / matrix[j * size + j]!;
    }
  }
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < i; k += 1) target[i]! -= matrix[i * size + k]! * target[k]!;
    target[i]! /= matrix[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < size; k += 1) target[i]! -= matrix[k * size + i]! * target[k]!;
    target[i]! /= matrix[i * size + i]!;
  }
  return target;
}
