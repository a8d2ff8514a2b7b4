import { readCsv, SEPARATORS, unguardCell, type Separator } from './csv.ts';

/**
 * The columns of the tables in which registrations go out and come in. Their names are a file's format, in German and in
 * English; they are no texts of a page.
 */

/** The languages that a table's columns are named in. */
export type TableLanguage = 'de' | 'en';

/** First what is written, then what is understood as well. A name may belong to one column only. */
const NAMES = {
  id: {
    de: ['ID', 'Kennung', 'Externe ID', 'Nummer', 'Nr'],
    en: ['ID', 'External ID', 'Identifier', 'Number', 'No'],
  },
  name: { de: ['Name', 'Vor- und Nachname'], en: ['Name', 'Full name'] },
  firstName: { de: ['Vorname'], en: ['First name', 'Given name'] },
  lastName: { de: ['Nachname', 'Familienname'], en: ['Last name', 'Surname', 'Family name'] },
  email: {
    de: ['E-Mail', 'E-Mail-Adresse', 'Mail', 'Mailadresse'],
    en: ['E-mail', 'E-mail address', 'Email address'],
  },
  workgroup: { de: ['Arbeitsgruppe', 'AG', 'Gruppe'], en: ['Workgroup', 'Working group', 'Group'] },
  state: { de: ['Stand', 'Status'], en: ['State', 'Status'] },
  language: { de: ['Sprache'], en: ['Language'] },
  affiliation: {
    de: ['Institution oder Rolle', 'Institution', 'Rolle'],
    en: ['Institution or role', 'Institution', 'Role', 'Affiliation'],
  },
  firstChoice: { de: ['Erste Wahl', 'Erstwahl', '1. Wahl'], en: ['First choice', '1st choice'] },
  secondChoice: { de: ['Zweite Wahl', 'Zweitwahl', '2. Wahl'], en: ['Second choice', '2nd choice'] },
  wheelchair: { de: ['Rollstuhl'], en: ['Wheelchair'] },
  signLanguage: {
    de: ['Gebärdensprache', 'Gebaerdensprache', 'DGS'],
    en: ['Sign language'],
  },
  interpreting: { de: ['Dolmetschen', 'Dolmetschen in'], en: ['Interpreting', 'Interpreting into'] },
  otherNeeds: { de: ['Weitere Unterstützung', 'Unterstützung'], en: ['Other needs', 'Needs'] },
  consent: { de: ['Einwilligung'], en: ['Consent'] },
  registered: { de: ['Angemeldet am'], en: ['Registered at'] },
  origin: { de: ['Angemeldet über'], en: ['Registered by'] },
  presence: { de: ['Anwesenheit'], en: ['Presence'] },
  ticket: { de: ['Ticketnummer'], en: ['Ticket number'] },
} as const satisfies Record<string, Record<TableLanguage, readonly [string, ...string[]]>>;

export type Column = keyof typeof NAMES;

/** What a list of registrations is written with. */
export const EXPORTED_COLUMNS = [
  'id',
  'name',
  'email',
  'workgroup',
  'state',
  'presence',
  'language',
  'affiliation',
  'firstChoice',
  'secondChoice',
  'wheelchair',
  'signLanguage',
  'interpreting',
  'otherNeeds',
  'consent',
  'registered',
  'origin',
  'ticket',
] as const satisfies readonly Column[];

/** What is taken in of a table; the other columns are known, and left alone. */
export const IMPORTED_COLUMNS = [
  'id',
  'name',
  'firstName',
  'lastName',
  'email',
  'workgroup',
  'state',
  'language',
  'affiliation',
  'firstChoice',
  'secondChoice',
  'wheelchair',
  'signLanguage',
  'interpreting',
  'otherNeeds',
  'consent',
] as const satisfies readonly Column[];
export type ImportedColumn = (typeof IMPORTED_COLUMNS)[number];

export function columnName(column: Column, language: TableLanguage): string {
  return NAMES[column][language][0];
}

/** A word as it is compared: without case, spaces and signs, and with umlauts as they are. */
export function foldWord(text: string): string {
  return unguardCell(text)
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '');
}

const COLUMNS = new Map<string, Column>(
  Object.entries(NAMES).flatMap(([column, names]) =>
    [...names.de, ...names.en].map((name) => [foldWord(name), column as Column]),
  ),
);

/** How a table's first row is understood. */
export interface Header {
  /** Where each column is, from 0 on. */
  columns: Map<Column, number>;
  /** As they stand in the file. */
  names: string[];
  /** Names that nobody knows. */
  unknown: string[];
  /** Names that say the same as one before them; the first counts. */
  repeated: string[];
}

export function readHeader(cells: readonly string[]): Header {
  const header: Header = { columns: new Map(), names: [...cells], unknown: [], repeated: [] };
  for (const [index, cell] of cells.entries()) {
    const column = COLUMNS.get(foldWord(cell));
    if (column && header.columns.has(column)) header.repeated.push(cell);
    else if (column) header.columns.set(column, index);
    else if (cell.trim() !== '') header.unknown.push(cell);
  }
  return header;
}

/** What separates the cells: that by which most of the first row's names are known. */
export function findSeparator(text: string): Separator {
  let found: { separator: Separator; known: number; cells: number } | null = null;
  for (const separator of SEPARATORS) {
    const cells = readCsv(text, separator).next().value?.cells ?? [];
    const known = readHeader(cells).columns.size;
    if (!found || known > found.known || (known === found.known && cells.length > found.cells))
      found = { separator, known, cells: cells.length };
  }
  return found!.separator;
}
