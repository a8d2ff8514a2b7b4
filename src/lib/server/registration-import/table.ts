import { readCsv, type Separator } from '../../domain/csv.ts';
import {
  namesPeople,
  readRow,
  workgroupReader,
  type ImportedRow,
  type RowProblem,
} from '../../domain/imported-row.ts';
import { findSeparator, foldWord, readHeader, type Header } from '../../domain/registration-columns.ts';
import { languageReader } from '../../domain/registration-words.ts';
import { languageName, locales } from '../../i18n/index.ts';
import { breather } from '../breather.ts';
import type { WorkgroupPlaces } from '../events.ts';

/** The most bytes of a file: fifty thousand rows with long words about access needs. */
export const MOST_BYTES = 20e6;
/** As many registrations as an event is made for. */
export const MOST_ROWS = 50_000;
/** The most problems that are kept; there may be one for each cell. */
const MOST_PROBLEMS = 1_000;

/** Why a file is no table of registrations at all. */
export type FileProblem =
  'empty' | 'too_large' | 'workbook' | 'not_text' | 'no_header' | 'no_names' | 'too_many_rows';

/**
 * The text of a table: UTF-8 or UTF-16 where it says so or is so, otherwise Windows-1252, which is what German
 * spreadsheets write. There any byte is a character, so this comes last.
 */
export function decodeTable(bytes: Uint8Array): { text: string } | { problem: FileProblem } {
  if (bytes.length === 0) return { problem: 'empty' };
  if (bytes.length > MOST_BYTES) return { problem: 'too_large' };
  // A zip, as .xlsx and .ods are, or the container of .xls.
  const starts = (...signature: number[]) => signature.every((byte, i) => bytes[i] === byte);
  if (starts(0x50, 0x4b, 3, 4) || starts(0xd0, 0xcf, 0x11, 0xe0)) return { problem: 'workbook' };
  const text = decode(bytes, starts);
  return text.includes('\0') ? { problem: 'not_text' } : { text };
}

function decode(bytes: Uint8Array, starts: (...signature: number[]) => boolean): string {
  if (starts(0xff, 0xfe)) return new TextDecoder('utf-16le').decode(bytes);
  if (starts(0xfe, 0xff)) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

export interface Table {
  separator: Separator;
  header: Header;
  rows: ImportedRow[];
  /** In the order of the lines; not more than can be shown. */
  problems: RowProblem[];
  /** How many there are in all. */
  problemCount: number;
}

/** @returns the language by its tag or its name; of Leichte Sprache, by its name */
function pageLanguageReader(): (cell: string) => string | null {
  const read = languageReader(locales);
  const own = new Map(locales.map((locale) => [foldWord(languageName(locale)), locale as string]));
  return (cell) => read(cell) ?? own.get(foldWord(cell)) ?? null;
}

/** Reads a table of registrations, row by row, and gives others their turn in between. */
export async function readTable(
  text: string,
  workgroups: readonly WorkgroupPlaces[],
): Promise<Table | { problem: FileProblem }> {
  const separator = findSeparator(text);
  const lines = readCsv(text, separator);
  const first = lines.next().value;
  if (!first) return { problem: 'empty' };
  const header = readHeader(first.cells);
  if (header.columns.size === 0) return { problem: 'no_header' };
  if (!namesPeople(header)) return { problem: 'no_names' };
  const context = { header, workgroup: workgroupReader(workgroups), language: pageLanguageReader() };
  const table: Table = { separator, header, rows: [], problems: [], problemCount: 0 };
  const breathe = breather();
  let count = 0;
  for (const line of lines) {
    if (++count > MOST_ROWS) return { problem: 'too_many_rows' };
    const row = readRow(line, context);
    if (Array.isArray(row)) complain(table, row);
    else table.rows.push(row);
    await breathe();
  }
  return count === 0 ? { problem: 'empty' } : table;
}

/** Keeps as many problems as can be shown, and counts all. */
export function complain(table: Pick<Table, 'problems' | 'problemCount'>, problems: RowProblem[]): void {
  table.problemCount += problems.length;
  table.problems.push(...problems.slice(0, Math.max(0, MOST_PROBLEMS - table.problems.length)));
}
