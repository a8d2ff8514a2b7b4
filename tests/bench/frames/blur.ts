/** A gaussian blur as the mean of what lies around, first along the rows and then along the columns. */
export function blur(image: Float32Array, width: number, height: number, deviation: number): Float32Array {
  const reach = Math.max(1, Math.ceil(2.5 * deviation));
  const weights = Float32Array.from({ length: reach + 1 }, (_, i) =>
    Math.exp(-(i * i) / (2 * deviation ** 2)),
  );
  const total = weights.reduce((sum, weight, i) => sum + (i === 0 ? weight : 2 * weight), 0);
  for (let i = 0; i <= reach; i += 1) weights[i]! /= total;
  const along = new Float32Array(image.length);
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    for (let x = 0; x < width; x += 1) {
      let sum = weights[0]! * image[row + x]!;
      for (let i = 1; i <= reach; i += 1) {
        const left = x < i ? 0 : x - i;
        const right = x + i >= width ? width - 1 : x + i;
        sum += weights[i]! * (image[row + left]! + image[row + right]!);
      }
      along[row + x] = sum;
    }
  }
  const done = new Float32Array(image.length);
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    for (let i = 0; i <= reach; i += 1) {
      const above = (y < i ? 0 : y - i) * width;
      const below = (y + i >= height ? height - 1 : y + i) * width;
      const weight = i === 0 ? weights[0]! / 2 : weights[i]!;
      for (let x = 0; x < width; x += 1) done[row + x]! += weight * (along[above + x]! + along[below + x]!);
    }
  }
  return done;
}

/** Smears an image along a line, as a movement during the exposure does. Changes the image. */
export function smear(
  image: Float32Array,
  width: number,
  height: number,
  length: number,
  direction: number,
): void {
  if (length < 0.5) return;
  const steps = Math.ceil(length) + 1;
  const source = image.slice();
  const offsets = Array.from({ length: steps }, (_, i) => {
    const way = (i / (steps - 1) - 0.5) * length;
    return { x: Math.round(way * Math.cos(direction)), y: Math.round(way * Math.sin(direction)) };
  });
  const margin = Math.ceil(length);
  for (let y = margin; y < height - margin; y += 1) {
    for (let x = margin; x < width - margin; x += 1) {
      let sum = 0;
      for (const offset of offsets) sum += source[(y + offset.y) * width + x + offset.x]!;
      image[y * width + x] = sum / steps;
    }
  }
}
