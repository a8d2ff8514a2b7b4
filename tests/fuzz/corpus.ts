import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';

const folder = path.join(import.meta.dirname, 'corpus');
const read = (file: string): unknown => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));

/** What has broken programs before, by what it is about. */
export const TEXTS = read('texts.json') as Record<string, string[]>;

/** Whole requests with something wrong about their lines, lengths or chunks. */
export const WIRE_REQUESTS = (read('wire.json') as { requests: string[] }).requests;

/** Stands in every name and address that the fuzzer sends, and must stand in no log. */
export const MARK = 'qwertzmarke';

/** Too long to be kept in a file: long texts, and what some expressions take long for. */
const LONG_TEXTS = [
  'a'.repeat(201),
  'a'.repeat(5_000),
  'ä'.repeat(3_001),
  '😀'.repeat(301),
  ' '.repeat(20_000) + 'x',
  'a '.repeat(10_000),
  '\r\n'.repeat(5_000),
  '-'.repeat(20_000),
  'a@' + 'a.'.repeat(5_000),
  '1.'.repeat(5_000),
  '\u202e'.repeat(500),
  'e' + '\u0301'.repeat(2_000),
  '['.repeat(20_000),
  '{"a":'.repeat(2_000),
  '%41'.repeat(2_000),
  '"'.repeat(9_999),
  ';'.repeat(9_999),
];

export const NASTY_TEXTS: readonly string[] = [...Object.values(TEXTS).flat(), ...LONG_TEXTS];

/** Any nasty text: of the corpus, mostly; noise; or two of them together. */
export const nastyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NASTY_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...Object.values(TEXTS).flat()), fc.constantFrom(...Object.values(TEXTS).flat()))
      .map(([one, other]) => one + other),
  },
  { weight: 1, arbitrary: fc.double().map(String) },
  { weight: 1, arbitrary: fc.integer({ min: -3, max: 300 }).map(String) },
);
