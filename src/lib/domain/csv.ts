/**
 * Tables as comma-separated values (RFC 4180), with what spreadsheets make of them: other separators, a line that names
 * the separator, a mark at the beginning, line ends of every kind.
 */

/** What may stand between two cells; the first is what German spreadsheets write. */
export const SEPARATORS = [';', ',', '\t'] as const;
export type Separator = (typeof SEPARATORS)[number];

/** More cells than any table of ours has columns; what a row has beyond them is left out. */
const MOST_CELLS = 200;

/** A row that is not empty. */
export interface CsvRow {
  /** Its number as a spreadsheet counts rows: from 1 on, empty ones and the header included. */
  line: number;
  cells: string[];
  /** The row ends where the file does, within quotes that were never closed. */
  unclosed: boolean;
}

/** Reads row after row, whatever the text is: quotes where they make no sense are characters like others. */
export function* readCsv(text: string, separator: Separator): Generator<CsvRow, void, void> {
  let at = startOf(text);
  for (let line = 1; at < text.length; line++) {
    const cells: string[] = [];
    let unclosed = false;
    let isEmpty = true;
    for (let ended = false; !ended;) {
      const cell = readCell(text, at, separator);
      at = cell.end;
      unclosed = cell.unclosed;
      isEmpty &&= cell.text.trim() === '';
      if (cells.length < MOST_CELLS) cells.push(cell.text);
      if (text[at] === separator) at++;
      else ended = true;
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    if (!isEmpty) yield { line, cells, unclosed };
  }
}

/** Behind the mark at the beginning, and behind Excel's line `sep=;`, which is no row of the table. */
function startOf(text: string): number {
  return /^\uFEFF?(sep=.(\r\n|\r|\n))?/i.exec(text)![0].length;
}

interface Cell {
  text: string;
  /** Where the cell has ended: at a separator, at a line's end, or behind the last character. */
  end: number;
  unclosed: boolean;
}

function readCell(text: string, start: number, separator: Separator): Cell {
  if (text[start] !== '"') {
    const end = endOfPlain(text, start, separator);
    return { text: text.slice(start, end), end, unclosed: false };
  }
  let quoted = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return { text: quoted + text.slice(from), end: text.length, unclosed: true };
    if (text[quote + 1] === '"') {
      quoted += text.slice(from, quote + 1);
      from = quote + 2;
      continue;
    }
    // What stands between the closing quote and the separator belongs to the cell, too.
    const end = endOfPlain(text, quote + 1, separator);
    return { text: quoted + text.slice(from, quote) + text.slice(quote + 1, end), end, unclosed: false };
  }
}

function endOfPlain(text: string, start: number, separator: Separator): number {
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (sign === separator || sign === '\n' || sign === '\r') return at;
  }
  return text.length;
}

/** The cells as one line of a file that German spreadsheets open rightly, and in which no cell is a formula. */
export function writeCsvRow(cells: readonly string[]): string {
  return cells.map(writeCell).join(';') + '\r\n';
}

/** What a file begins with, so that spreadsheets know that it is UTF-8. */
export const CSV_MARK = '\uFEFF';

function writeCell(text: string): string {
  const harmless = guardCell(text);
  return /[;,"\t\r\n]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Spreadsheets take what begins so for a formula; some look behind white space, and at the wide forms, too. */
const FORMULA = /^['\s]*[=+\-@\t\r\n＝＋－＠]/u;
const GUARDED = /^'['\s]*[=+\-@\t\r\n＝＋－＠]/u;

/** Makes a text harmless that a spreadsheet would take for a formula. `unguardCell` gives it back. */
export function guardCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** What `guardCell` was given. */
export function unguardCell(text: string): string {
  return GUARDED.test(text) ? text.slice(1) : text;
}
