/** A picture in shades of grey, row by row. */
export interface GreyImage {
  width: number;
  height: number;
  /** 0 is black, 255 is white. */
  data: Uint8Array;
}

/** How bright a picture's pixels are. Red and blue count the same, because some browsers have them the other way. */
export function greyOf({
  width,
  height,
  data,
}: {
  width: number;
  height: number;
  data: ArrayLike<number>;
}): GreyImage {
  const grey = new Uint8Array(width * height);
  for (let i = 0, j = 0; i < grey.length; i += 1, j += 4)
    grey[i] = (53 * data[j]! + 150 * data[j + 1]! + 53 * data[j + 2]! + 128) >> 8;
  return { width, height, data: grey };
}

/** Between four pixels, by how near each is; the place must lie within the picture. */
export function greyAt({ width, data }: GreyImage, x: number, y: number): number {
  const left = x | 0;
  const top = y | 0;
  const i = top * width + left;
  const along = x - left;
  const above = data[i]! + along * (data[i + 1]! - data[i]!);
  const below = data[i + width]! + along * (data[i + width + 1]! - data[i + width]!);
  return above + (y - top) * (below - above);
}

/** How bright it is around each pixel: what is darker than that is dark. */
export class Surroundings {
  private readonly means: Uint8Array;
  private readonly width: number;

  /** @param reach - how far it looks, in pixels */
  constructor(image: GreyImage, reach = 16) {
    // Half as fine is fine enough, and four times as fast.
    const half = halve(image);
    this.width = half.width;
    this.means = meanAround(half, reach >> 1);
  }

  at(x: number, y: number): number {
    return this.means[(y >> 1) * this.width + (x >> 1)]!;
  }
}

/** Each pixel the mean of four. */
export function halve({ width, height, data }: GreyImage): GreyImage {
  const half = { width: width >> 1, height: height >> 1 };
  const means = new Uint8Array(half.width * half.height);
  for (let y = 0, i = 0; y < half.height; y += 1) {
    for (let x = 0, j = 2 * y * width; x < half.width; x += 1, i += 1, j += 2)
      means[i] = (data[j]! + data[j + 1]! + data[j + width]! + data[j + width + 1]! + 2) >> 2;
  }
  return { ...half, data: means };
}

/** The mean of a square of `2 * reach + 1` pixels a side around each pixel. */
function meanAround({ width, height, data }: GreyImage, reach: number): Uint8Array {
  const columns = new Uint32Array(width);
  const means = new Uint8Array(width * height);
  const add = (row: number, sign: 1 | -1) => {
    for (let x = 0, i = row * width; x < width; x += 1, i += 1) columns[x]! += sign * data[i]!;
  };
  let rows = 0;
  for (; rows < Math.min(reach, height); rows += 1) add(rows, 1);
  for (let y = 0; y < height; y += 1) {
    if (y + reach < height) {
      rows += 1;
      add(y + reach, 1);
    }
    if (y > reach) {
      rows -= 1;
      add(y - reach - 1, -1);
    }
    let sum = 0;
    let count = 0;
    for (; count < Math.min(reach, width); count += 1) sum += columns[count]!;
    for (let x = 0; x < width; x += 1) {
      if (x + reach < width) {
        sum += columns[x + reach]!;
        count += 1;
      }
      if (x > reach) {
        sum -= columns[x - reach - 1]!;
        count -= 1;
      }
      means[y * width + x] = sum / (count * rows);
    }
  }
  return means;
}
