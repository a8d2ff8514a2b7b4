/**
 * The Reed-Solomon code of QR codes: bytes as elements of the field GF(256) with the polynomial x⁸+x⁴+x³+x²+1, and
 * check bytes that make the powers α⁰, α¹, … roots (ISO/IEC 18004).
 */
const EXP = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let i = 0, value = 1; i < 255; i += 1) {
  EXP[i] = value;
  EXP[i + 255] = value;
  LOG[value] = i;
  value = value & 0x80 ? (value << 1) ^ 0x11d : value << 1;
}

function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : EXP[LOG[a]! + LOG[b]!]!;
}

/** The value of a polynomial, lowest power first, at α to a power. */
function valueAt(polynomial: number[], power: number): number {
  let value = 0;
  const x = EXP[power % 255]!;
  for (let i = polynomial.length - 1; i >= 0; i -= 1) value = times(value, x) ^ polynomial[i]!;
  return value;
}

function product(a: number[], b: number[]): number[] {
  const result = Array<number>(a.length + b.length - 1).fill(0);
  a.forEach((x, i) => b.forEach((y, j) => (result[i + j]! ^= times(x, y))));
  return result;
}

/**
 * Corrects a block in place: `e` erasures and `t` errors where `2t + e` is at most the number of check bytes.
 * Berlekamp and Massey's algorithm on the syndromes that the erasures have been taken out of, then Forney's values.
 *
 * @param erasures - places that are taken to be wrong
 * @returns whether the block is one of the code's now; when not, it may have been changed
 */
export function correctBlock(block: Uint8Array, checkBytes: number, erasures: number[]): boolean {
  const syndromes = syndromesOf(block, checkBytes);
  if (syndromes.every((value) => value === 0)) return true;
  // A place's power: the block's last byte stands for x⁰.
  const powerOf = (place: number) => block.length - 1 - place;
  let erased = [1];
  for (const place of erasures) erased = product(erased, [1, EXP[powerOf(place)]!]);
  const locator = product(
    errorLocator(product(syndromes, erased).slice(erasures.length, checkBytes)),
    erased,
  );
  while (locator.at(-1) === 0) locator.pop();

  const places: number[] = [];
  for (let place = 0; place < block.length; place += 1)
    if (valueAt(locator, 255 - powerOf(place)) === 0) places.push(place);
  if (places.length !== locator.length - 1) return false;

  const evaluator = product(syndromes, locator).slice(0, checkBytes);
  // The derivative: in this field only the odd powers are left of it.
  const slope = locator.slice(1).map((value, i) => (i % 2 === 0 ? value : 0));
  for (const place of places) {
    const power = powerOf(place);
    const divisor = valueAt(slope, 255 - power);
    const value = valueAt(evaluator, 255 - power);
    if (divisor === 0) return false;
    if (value !== 0) block[place]! ^= EXP[(LOG[value]! + 255 - LOG[divisor]! + power) % 255]!;
  }
  return syndromesOf(block, checkBytes).every((value) => value === 0);
}

function syndromesOf(block: Uint8Array, checkBytes: number): number[] {
  return Array.from({ length: checkBytes }, (_, power) => {
    let value = 0;
    const x = EXP[power]!;
    for (const byte of block) value = times(value, x) ^ byte;
    return value;
  });
}

/** The shortest recurrence that makes the syndromes (Berlekamp and Massey). */
function errorLocator(syndromes: number[]): number[] {
  let locator = [1];
  let before = [1];
  let errors = 0;
  let gap = 1;
  let lastDiscrepancy = 1;
  for (let i = 0; i < syndromes.length; i += 1) {
    let discrepancy = syndromes[i]!;
    for (let j = 1; j <= errors; j += 1) discrepancy ^= times(locator[j] ?? 0, syndromes[i - j]!);
    if (discrepancy === 0) {
      gap += 1;
      continue;
    }
    const factor = EXP[(LOG[discrepancy]! + 255 - LOG[lastDiscrepancy]!) % 255]!;
    const next = locator.slice();
    before.forEach((value, j) => (next[j + gap] = (next[j + gap] ?? 0) ^ times(value, factor)));
    for (let j = 0; j < next.length; j += 1) next[j] ??= 0;
    if (2 * errors <= i) {
      errors = i + 1 - errors;
      before = locator;
      lastDiscrepancy = discrepancy;
      gap = 1;
    } else gap += 1;
    locator = next;
  }
  return locator;
}
