import { parseTicketText, TICKET_TEXT_LENGTH } from '../domain/ticket.ts';

/**
 * A hand scanner is a keyboard: it presses keys, and the tablet's layout makes letters of them. Where the two don't
 * have the same layout, a ticket's text arrives as something else. What stands here gets it back.
 */

/** One key that was pressed. */
export interface Stroke {
  /** What the tablet's layout made of it. */
  key: string;
  /** Which key it was, by its place: the name that it has on a US keyboard (`KeyboardEvent.code`). */
  code: string;
  shift: boolean;
}

/** The characters of a ticket's text besides letters and digits: how a US keyboard types them, and a German one. */
const US: Record<string, string> = {
  Space: ' ',
  'Shift+Digit4': '$',
  'Shift+Digit5': '%',
  'Shift+Digit8': '*',
  'Shift+Equal': '+',
  Minus: '-',
  Period: '.',
  Slash: '/',
  'Shift+Semicolon': ':',
};
const GERMAN: Record<string, string> = {
  Space: ' ',
  'Shift+Digit4': '$',
  'Shift+Digit5': '%',
  'Shift+BracketRight': '*',
  BracketRight: '+',
  Slash: '-',
  Period: '.',
  'Shift+Digit7': '/',
  'Shift+Period': ':',
  KeyY: 'Z',
  KeyZ: 'Y',
};

/** A character that no ticket's text has. */
const NOT_IN_TICKETS = '?';

function typedOn(layout: Record<string, string>, { code, shift }: Stroke): string {
  const letter = code.startsWith('Key');
  const special = layout[shift && !letter ? `Shift+${code}` : code];
  if (special !== undefined) return special;
  const plain = /^(?:Key|Digit|Numpad)(.)$/.exec(code)?.[1];
  return plain && (letter || !shift) ? plain : NOT_IN_TICKETS;
}

/** What a US keyboard's keys give on a German layout; caps lock is no matter. */
const FROM_GERMAN: Record<string, string> = {
  Y: 'Z',
  Z: 'Y',
  Ö: ':',
  '-': '/',
  ß: '-',
  ẞ: '-',
  '(': '*',
  '`': '+',
};

/** The same where caps lock works as a shift lock, which turns round what Shift does to every key. */
const FROM_GERMAN_LOCKED: Record<string, string> = {
  ...Object.fromEntries([...'=!"§$%&/()'].map((char, digit) => [char, String(digit)])),
  4: '$',
  5: '%',
  8: '*',
  Y: 'Z',
  Z: 'Y',
  Ö: ':',
  _: '/',
  '-': '/',
  '?': '-',
  ß: '-',
  '´': '+',
  '`': '+',
  ':': '.',
};

/** More than any ticket needs: an accent that may hide a space occurs about three times in a text. */
const MOST_CANDIDATES = 64;

/**
 * The tickets' texts that somebody, or a scanner of any layout, may have meant with what arrived. Only texts of a
 * ticket's form are among them; which of them is a ticket, its signature says.
 */
export function ticketTextsIn(typed: string): string[] {
  const plain = typed.trim();
  const candidates = [
    plain,
    ...[FROM_GERMAN, FROM_GERMAN_LOCKED].flatMap((map) => throughLayout(plain, map)),
  ];
  return distinctTickets(candidates.map((text) => upperCase(text)));
}

/** The same for what was typed key by key: places of keys tell more than the letters that were made of them. */
export function ticketTextsOf(strokes: readonly Stroke[]): string[] {
  const texts = [US, GERMAN].map((layout) => strokes.map((stroke) => typedOn(layout, stroke)).join(''));
  // What was typed by hand before the scanner began is not the ticket's.
  const fromPrefix = texts.map((text) => text.slice(Math.max(0, text.indexOf('EL:'))));
  return [...new Set([...distinctTickets(fromPrefix), ...ticketTextsIn(lettersOf(strokes))])];
}

/** What the tablet's layout made of the keys. */
export function lettersOf(strokes: readonly Stroke[]): string {
  return strokes.map(({ key }) => (key.length === 1 ? key : '')).join('');
}

function throughLayout(typed: string, map: Record<string, string>): string[] {
  const text = [...upperCase(separateAccents(typed))].map((char) => map[char] ?? char).join('');
  // A dead accent swallows a space that follows it.
  return withSpaces(text, TICKET_TEXT_LENGTH - text.length);
}

/** À is the accent and A: the accent's key waits for the next letter and sits on it. */
function separateAccents(text: string): string {
  return text.replaceAll(/[À-ỹ]/g, (letter) =>
    letter
      .normalize('NFD')
      .replace(/^(.)\u0300$/, '`$1')
      .replace(/^(.)\u0301$/, '´$1')
      .normalize('NFC'),
  );
}

/** `toUpperCase` would make two letters of ß. */
function upperCase(text: string): string {
  return [...text].map((char) => (char === 'ß' ? char : char.toUpperCase())).join('');
}

/** Every way to put `missing` spaces behind plus signs. */
function withSpaces(text: string, missing: number): string[] {
  let texts: { text: string; from: number }[] = [{ text, from: 0 }];
  for (let i = 0; i < missing; i++) {
    texts = texts.flatMap(({ text, from }) => {
      const longer = [];
      for (let plus = text.indexOf('+', from); plus !== -1; plus = text.indexOf('+', plus + 1)) {
        longer.push({ text: `${text.slice(0, plus + 1)} ${text.slice(plus + 1)}`, from: plus + 2 });
      }
      return longer;
    });
    if (texts.length === 0 || texts.length > MOST_CANDIDATES) return [];
  }
  return texts.map(({ text }) => text);
}

function distinctTickets(texts: string[]): string[] {
  return [...new Set(texts)].filter((text) => parseTicketText(text) !== null);
}
