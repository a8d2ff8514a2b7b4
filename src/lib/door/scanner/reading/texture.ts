import type { GreyImage, Surroundings } from './grey-image.ts';

/** A block's side, in pixels. */
export const BLOCK = 16;

/** Where a picture is busy as a code is: block by block. */
export interface Texture {
  columns: number;
  rows: number;
  /** By how much the pixels differ from their surroundings, as a standard deviation. */
  deviation: Float32Array;
  /** Blocks that a code may be in. */
  busy: Uint8Array;
}

/** The share of the picture that is looked at, at most. */
const MOST = 0.35;

/**
 * Judges each block by the weaker of its changes along rows and along columns: an edge changes in one direction, a code
 * in both.
 *
 * @param around - the same picture's
 */
export function judgeTexture({ width, height, data }: GreyImage, around: Surroundings): Texture {
  const columns = Math.floor(width / BLOCK);
  const rows = Math.floor(height / BLOCK);
  const squares = new Float32Array(columns * rows);
  const changes = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let [square, along, down] = [0, 0, 0];
      // Every second pixel tells enough.
      for (let y = row * BLOCK; y < row * BLOCK + BLOCK - 2; y += 2) {
        for (let x = column * BLOCK, i = y * width + x; x < column * BLOCK + BLOCK - 2; x += 2, i += 2) {
          const off = data[i]! - around.at(x, y);
          square += off * off;
          along += Math.abs(data[i]! + data[i + width]! - data[i + 2]! - data[i + width + 2]!);
          down += Math.abs(data[i]! + data[i + 1]! - data[i + 2 * width]! - data[i + 2 * width + 1]!);
        }
      }
      squares[row * columns + column] = square / ((BLOCK / 2 - 1) * (BLOCK / 2 - 1));
      changes[row * columns + column] = Math.min(along, down);
    }
  }
  const deviation = spread(squares, columns, rows).map(Math.sqrt);
  const level = spread(changes, columns, rows);
  const ranked = [...level].sort((a, b) => b - a);
  const quiet = ranked[ranked.length >> 1]!;
  const threshold = Math.max(1.25 * quiet, ranked[Math.floor(MOST * ranked.length)]!);
  return { columns, rows, deviation, busy: Uint8Array.from(level, (value) => (value > threshold ? 1 : 0)) };
}

/** Each block's mean with its neighbours. */
function spread(values: Float32Array, columns: number, rows: number): Float32Array {
  return values.map((_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    let sum = 0;
    let count = 0;
    for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1) {
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1) {
        sum += values[y * columns + x]!;
        count += 1;
      }
    }
    return sum / count;
  });
}
