import bidiFactory from 'bidi-js';
import { faceFor, isInvisible, type Face, type Weight } from './fonts.ts';

/** Letters of one font and one direction, as the font is given them. */
export interface Run {
  text: string;
  face: Face;
  /** In ems. */
  width: number;
}

/** A line of print: its runs stand from left to right. */
export interface Line {
  /** As it is read. */
  text: string;
  runs: Run[];
  /** In ems. */
  width: number;
  /** Whether any of it is read from right to left. */
  mixed: boolean;
  /** Whether it ends within a word that would not fit. */
  cut: boolean;
}

/** A text made ready to be broken into lines of any width. */
export type Paragraph = Word[];

interface Word {
  /** With the spaces behind it. */
  letters: Letter[];
  /** In ems, without and with these spaces. */
  inked: number;
  width: number;
}

interface Letter {
  /** As it is read. */
  text: string;
  /** As it is printed: brackets turn around in a right-to-left text. */
  printed: string;
  face: Face;
  level: number;
}

const bidi = bidiFactory();
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Stands for a letter that no font has. What is no letter, such as an emoji, is left out. */
const REPLACEMENT = '?';
const LETTER = /[\p{L}\p{N}]/u;

/**
 * How a text runs: `auto`: as its first letter does that has a direction; `address`: from left to right, and no hyphen
 * ends a line, since it would not be known for a part of the address.
 */
export type Flow = 'ltr' | 'rtl' | 'auto' | 'address';

/** Finds for each letter the font that prints it and its level by the Unicode Bidirectional Algorithm (UAX #9). */
export function readParagraph(text: string, weight: Weight, flow: Flow): Paragraph {
  const paragraph = text.normalize('NFC').replace(/[^\S\u00a0]+/g, ' ');
  const { levels } = bidi.getEmbeddingLevels(paragraph, flow === 'address' ? 'ltr' : flow);
  const letters: Letter[] = [];
  for (const { segment, index } of graphemes.segment(paragraph)) {
    const level = levels[index]!;
    // A mark of direction has done its work, but a joiner inside a word has not.
    if (isInvisible(segment) && !/[\u200c\u200d]/.test(segment)) continue;
    const mirrored = level % 2 === 1 ? bidi.getMirroredCharacter(segment) : null;
    const letter = printable(mirrored ?? segment, weight);
    if (letter) letters.push({ text: segment, level, ...letter });
  }
  return wordsOf(letters, flow === 'address' ? /^\/$/ : /^[-\u2013/]$/).map((word) => ({
    letters: word,
    inked: measure(withoutEnd(word)),
    width: measure(word),
  }));
}

/**
 * Breaks after spaces and hyphens, within a word only where it fills a line by itself, and orders each line for print.
 * @param width - in ems: the column's width divided by the size of the letters
 */
export function breakLines(paragraph: Paragraph, width: number): Line[] {
  const lines: Line[] = [];
  let line: Letter[] = [];
  let used = 0;
  const end = (cut: boolean) => {
    lines.push(printLine(withoutEnd(line), cut));
    line = [];
    used = 0;
  };
  for (const word of paragraph) {
    if (line.length > 0 && used + word.inked > width) end(false);
    if (word.inked <= width) {
      line.push(...word.letters);
      used += word.width;
      continue;
    }
    for (const letter of word.letters) {
      const wider = measure([letter]);
      if (line.length > 0 && used + wider > width) {
        const hyphen = line.length > 1 && line.at(-1)!.text === '-' ? line.pop()! : null;
        end(true);
        if (hyphen) {
          line.push(hyphen);
          used += measure(line);
        }
      }
      line.push(letter);
      used += wider;
    }
  }
  if (withoutEnd(line).length > 0) end(false);
  return lines;
}

/** Whether every letter of a text can be printed. */
export function isPrintable(text: string, weight: Weight): boolean {
  return [...graphemes.segment(text.normalize('NFC'))].every(
    ({ segment }) => !LETTER.test(segment) || faceOf(segment, weight),
  );
}

/** A letter in the font that has it, or what stands for it. */
function printable(letter: string, weight: Weight): Pick<Letter, 'printed' | 'face'> | null {
  return faceOf(letter, weight) ?? (LETTER.test(letter) ? faceOf(REPLACEMENT, weight) : null);
}

/** The font that has the letter, or has it at least without its accents. */
function faceOf(letter: string, weight: Weight): Pick<Letter, 'printed' | 'face'> | null {
  for (const printed of [letter, letter.normalize('NFD').replace(/\p{Mn}/gu, '')]) {
    const face = printed && faceFor(printed, weight);
    if (face) return { printed, face };
  }
  return null;
}

const isSpace = ({ text }: Letter): boolean => text === ' ';

function withoutEnd(line: Letter[]): Letter[] {
  const last = line.findLastIndex((letter) => !isSpace(letter));
  return line.slice(0, last + 1);
}

/** Words with the spaces behind them. @param joint - behind which another word begins */
function wordsOf(letters: Letter[], joint: RegExp): Letter[][] {
  const words: Letter[][] = [];
  letters.forEach((letter, i) => {
    const before = letters[i - 1];
    const starts = !before || (!isSpace(letter) && (isSpace(before) || joint.test(before.text)));
    if (starts) words.push([letter]);
    else words.at(-1)!.push(letter);
  });
  return words;
}

const measure = (letters: Letter[]): number => runsOf(letters).reduce((sum, { width }) => sum + width, 0);

function printLine(letters: Letter[], cut: boolean): Line {
  const runs = reorder(runsOf(letters));
  return {
    text: letters.map(({ text }) => text).join(''),
    runs,
    width: runs.reduce((sum, { width }) => sum + width, 0),
    mixed: letters.some(({ level }) => level % 2 === 1),
    cut,
  };
}

type LevelRun = Run & { level: number };

/** The runs in the order of reading. */
function runsOf(letters: Letter[]): LevelRun[] {
  const groups: Letter[][] = [];
  for (const letter of letters) {
    const last = groups.at(-1)?.[0];
    if (last?.face === letter.face && last.level === letter.level) groups.at(-1)!.push(letter);
    else groups.push([letter]);
  }
  return groups.map((group) => {
    const { face, level } = group[0]!;
    const texts = group.map(({ printed }) => printed);
    // The font turns around what it takes for Arabic, and nothing else.
    const turned = texts.some((text) => /\p{Script=Arabic}/u.test(text));
    if (turned !== (level % 2 === 1)) texts.reverse();
    const text = texts.join('');
    return { text, face, level, width: face.font.layout(text).advanceWidth / face.font.unitsPerEm };
  });
}

/** Rule L2: from the highest level to the lowest odd one, whatever stands at that level or above is reversed. */
function reorder(runs: LevelRun[]): LevelRun[] {
  const ordered = [...runs];
  for (let level = Math.max(0, ...runs.map((run) => run.level)); level > 0; level--) {
    for (let start = 0; start < ordered.length; start++) {
      let end = start;
      while (end < ordered.length && ordered[end]!.level >= level) end++;
      if (end === start) continue;
      ordered.splice(start, end - start, ...ordered.slice(start, end).reverse());
      start = end;
    }
  }
  return ordered;
}
