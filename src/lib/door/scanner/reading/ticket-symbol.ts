/**
 * How a ticket's QR code is laid out: version 6, error correction M (ISO/IEC 18004). Every ticket has the same length,
 * so every ticket has the same layout, and only the data and the mask differ.
 */
export const SIZE = 41;
export const MODULES = SIZE * SIZE;

export const BLOCKS = 4;
/** Bytes in a block, and how many of them are check bytes. */
export const BLOCK_LENGTH = 43;
export const CHECK_BYTES = 16;

/** Modules that are the same in every ticket: 1 dark, -1 light, 0 where they differ. */
export const FIXED = new Int8Array(MODULES);
/** The module of each bit, in the order in which a reader takes them. */
export const BIT_PLACES = new Uint16Array(8 * BLOCKS * BLOCK_LENGTH);
/** The modules of the fifteen format bits, lowest bit first; they stand there twice. */
export const FORMAT_PLACES: readonly (readonly [number, number])[] = Array.from({ length: 15 }, (_, bit) => [
  bit < 6 ? at(8, bit) : bit < 8 ? at(8, bit + 1) : bit === 8 ? at(7, 8) : at(14 - bit, 8),
  bit < 8 ? at(SIZE - 1 - bit, 8) : at(8, SIZE - 15 + bit),
]);

function at(x: number, y: number): number {
  return y * SIZE + x;
}

function drawFixed(): void {
  for (let i = 8; i < SIZE - 8; i += 1) FIXED[at(i, 6)] = FIXED[at(6, i)] = i % 2 === 0 ? 1 : -1;
  for (const [cx, cy] of [[3, 3], [SIZE - 4, 3], [3, SIZE - 4]] as const) drawRings(cx, cy, 4, [1, 1, -1, 1, -1]); // prettier-ignore
  drawRings(SIZE - 7, SIZE - 7, 2, [1, -1, 1]);
  FIXED[at(8, SIZE - 8)] = 1;
}

/** @param rings - from the middle outwards */
function drawRings(cx: number, cy: number, reach: number, rings: number[]): void {
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) {
      const [x, y] = [cx + dx, cy + dy];
      if (x < 0 || y < 0 || x >= SIZE || y >= SIZE) continue;
      FIXED[at(x, y)] = rings[Math.max(Math.abs(dx), Math.abs(dy))]!;
    }
  }
}

/** Two columns at a time from the right, upwards and downwards in turns, round everything that is fixed. */
function layOutBits(): void {
  const formats = new Set(FORMAT_PLACES.flat());
  let bit = 0;
  let upwards = true;
  for (let right = SIZE - 1; right > 0; right -= 2) {
    // The column of the timing pattern holds no data.
    if (right === 6) right = 5;
    for (let step = 0; step < SIZE; step += 1) {
      const y = upwards ? SIZE - 1 - step : step;
      for (const x of [right, right - 1]) {
        const place = at(x, y);
        if (FIXED[place] === 0 && !formats.has(place) && bit < BIT_PLACES.length) BIT_PLACES[bit++] = place;
      }
    }
    upwards = !upwards;
  }
}

drawFixed();
layOutBits();

/** The eight masks, as rules for which modules are turned. */
const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** For each mask and bit: -1 where the mask turns the bit's module, else 1. */
export const MASK_SIGNS: readonly Int8Array[] = MASKS.map((turns) =>
  Int8Array.from(BIT_PLACES, (place) => (turns(place % SIZE, Math.floor(place / SIZE)) ? -1 : 1)),
);

/** The fifteen format bits of each mask with error correction M. */
export const FORMATS: readonly number[] = MASKS.map((_, mask) => {
  let rest = mask;
  for (let i = 0; i < 10; i += 1) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
  return ((mask << 10) | rest) ^ 0x5412;
});
