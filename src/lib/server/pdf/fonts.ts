import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';
import { unpackWoff } from './woff.ts';

export type Weight = 'regular' | 'semibold';

/** A font as its package cuts it: each file has the letters of one script. */
export interface Face {
  /** Unique among all faces. */
  name: string;
  font: Font;
}

const numberOf: Record<Weight, number> = { regular: 400, semibold: 600 };

/** The first that has a letter prints it. */
const FILES = [
  'source-sans-3/files/source-sans-3-latin',
  'source-sans-3/files/source-sans-3-latin-ext',
  'source-sans-3/files/source-sans-3-cyrillic',
  'source-sans-3/files/source-sans-3-cyrillic-ext',
  'noto-sans-arabic/files/noto-sans-arabic-arabic',
  'source-sans-3/files/source-sans-3-vietnamese',
  'source-sans-3/files/source-sans-3-greek',
  'source-sans-3/files/source-sans-3-greek-ext',
];

const { resolve } = createRequire(import.meta.url);
const opened = new Map<Weight, Face[]>();

/** The fonts of a weight, read once. */
function facesOf(weight: Weight): Face[] {
  let faces = opened.get(weight);
  if (!faces) {
    faces = FILES.map((file) => {
      // Not WOFF2: its packed outlines cannot be embedded in part.
      const path = resolve(`@fontsource/${file}-${numberOf[weight]}-normal.woff`);
      return { name: `${file.split('/').at(-1)}-${weight}`, font: create(unpackWoff(readFileSync(path))) };
    });
    opened.set(weight, faces);
  }
  return faces;
}

export const allFaces = (): Face[] => [...facesOf('regular'), ...facesOf('semibold')];

/** Joiners and marks of direction: they shape their neighbours, and print nothing themselves. */
const INVISIBLE = /^[\p{Cf}\p{Cc}\ufe0f]$/u;

export const isInvisible = (character: string): boolean => INVISIBLE.test(character);

/** The font that has all of a letter, its accents included, or null. @param letter - one grapheme */
export function faceFor(letter: string, weight: Weight): Face | null {
  const codePoints = Array.from(letter)
    .filter((character) => !isInvisible(character))
    .map((character) => character.codePointAt(0)!);
  return (
    facesOf(weight).find(({ font }) => codePoints.every((code) => font.hasGlyphForCodePoint(code))) ?? null
  );
}
