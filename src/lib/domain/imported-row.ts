import * as v from 'valibot';
import type { AccessNeeds, Affiliation } from './access-needs.ts';
import { unguardCell, type CsvRow } from './csv.ts';
import type { WorkgroupId } from './ids.ts';
import { EmailSchema, NameSchema, OtherNeedSchema, tidy, type PersonProblem } from './person.ts';
import { foldWord, type Header, type ImportedColumn } from './registration-columns.ts';
import { readAffiliation, readAnswer, readInterpreting, readState } from './registration-words.ts';
import type { RegistrationState } from './registration.ts';
import type { Localized } from './setting.ts';

/** A row of a table of registrations, as it is understood. What it does not say is null, and shall stay as it is. */
export interface ImportedRow {
  line: number;
  /** Of this installation or of another one; tells who it is, whatever else the row says. */
  id: string | null;
  name: string;
  email: string | null;
  workgroupId: WorkgroupId | null;
  state: RegistrationState | null;
  locale: string | null;
  affiliation: Affiliation | null;
  firstChoiceId: WorkgroupId | null;
  secondChoiceId: WorkgroupId | null;
  needs: Partial<AccessNeeds>;
  consented: boolean | null;
}

export type RowProblemKind =
  | PersonProblem
  | 'id_too_long'
  | 'workgroup_unknown'
  | 'workgroup_missing'
  | 'state_unknown'
  | 'language_unknown'
  | 'affiliation_unknown'
  | 'answer_unknown'
  | 'interpreting_unknown'
  | 'unclosed_quote'
  /** Another row is about the same person. */
  | 'repeated'
  /** More than one registration could be meant. */
  | 'ambiguous'
  /** Everything about this person was erased. */
  | 'erased'
  /** There is no place for whoever shall be moved. */
  | 'full';

export interface RowProblem {
  line: number;
  column: ImportedColumn | null;
  kind: RowProblemKind;
  /** What stands in the cell. */
  value?: string;
  /** The line of the other row. */
  otherLine?: number;
}

/** What a table's words refer to at an event. */
export interface RowContext {
  header: Header;
  workgroup: (cell: string) => WorkgroupId | null;
  language: (cell: string) => string | null;
}

const ID_LENGTH = 200;
/** The most characters of a cell that a list of problems repeats. */
const SHOWN = 60;

/** Reads one row. @returns what is wrong in it, all of it, where anything is */
export function readRow(
  { line, cells, unclosed }: CsvRow,
  { header, workgroup, language }: RowContext,
): ImportedRow | RowProblem[] {
  const problems: RowProblem[] = [];
  const textOf = (column: ImportedColumn): string => {
    const index = header.columns.get(column);
    return index === undefined ? '' : tidy(unguardCell(cells[index] ?? ''));
  };
  const complain = (column: ImportedColumn | null, kind: RowProblemKind, value: string): null => {
    const shown = [...value].slice(0, SHOWN).join('');
    problems.push({ line, column, kind, ...(shown && { value: shown }) });
    return null;
  };
  const read = <Value>(
    column: ImportedColumn,
    kind: RowProblemKind,
    reader: (cell: string) => Value | null,
  ): Value | null => {
    const text = textOf(column);
    return text === '' ? null : (reader(text) ?? complain(column, kind, text));
  };
  /** By a schema whose issues are kinds of problems. */
  const check = (column: ImportedColumn, schema: v.GenericSchema<string, string>, text: string): string => {
    const parsed = v.safeParse(schema, text, { abortPipeEarly: true });
    if (!parsed.success) complain(column, parsed.issues[0].message as PersonProblem, text);
    return parsed.success ? parsed.output : '';
  };
  const yes = (column: ImportedColumn): boolean | null => {
    const answer = read(column, 'answer_unknown', readAnswer);
    return answer && answer === 'yes';
  };

  if (unclosed) complain(null, 'unclosed_quote', '');
  const id = textOf('id') || null;
  if (id && [...id].length > ID_LENGTH) complain('id', 'id_too_long', id);
  const whole = textOf('name');
  const name = whole || tidy(`${textOf('firstName')} ${textOf('lastName')}`);
  const needs: Partial<AccessNeeds> = {};
  const wheelchair = yes('wheelchair');
  if (wheelchair !== null) needs.wheelchair = wheelchair;
  const signLanguage = yes('signLanguage');
  if (signLanguage !== null) needs.signLanguage = signLanguage;
  if (readAnswer(textOf('interpreting')) === 'no') needs.interpreting = null;
  else {
    const interpreting = read('interpreting', 'interpreting_unknown', readInterpreting);
    if (interpreting) needs.interpreting = interpreting;
  }
  const other = check('otherNeeds', OtherNeedSchema, textOf('otherNeeds'));
  if (other) needs.other = other;
  const row: ImportedRow = {
    line,
    id,
    name: check(header.columns.has('name') || whole ? 'name' : 'lastName', NameSchema, name),
    email: check('email', EmailSchema, textOf('email')) || null,
    workgroupId: read('workgroup', 'workgroup_unknown', workgroup),
    state: read('state', 'state_unknown', readState),
    locale: read('language', 'language_unknown', language),
    affiliation: read('affiliation', 'affiliation_unknown', readAffiliation),
    firstChoiceId: read('firstChoice', 'workgroup_unknown', workgroup),
    secondChoiceId: read('secondChoice', 'workgroup_unknown', workgroup),
    needs,
    consented: yes('consent'),
  };
  return problems.length > 0 ? problems : row;
}

/** Whether a table says whom it is about. */
export function namesPeople({ columns }: Header): boolean {
  return columns.has('name') || columns.has('firstName') || columns.has('lastName');
}

/** Finds a workgroup by its number, its id or its title in any language. A title that two have names neither. */
export function workgroupReader(
  workgroups: readonly { id: WorkgroupId; number: number; title: Localized }[],
): (cell: string) => WorkgroupId | null {
  const byTitle = new Map<string, WorkgroupId | null>();
  for (const { id, title } of workgroups)
    for (const text of new Set(Object.values(title).map(foldWord)))
      byTitle.set(text, byTitle.has(text) && byTitle.get(text) !== id ? null : id);
  // What is shorter and more certain comes last, and wins.
  for (const { id } of workgroups) byTitle.set(foldWord(id), id);
  for (const { id, number } of workgroups) byTitle.set(String(number), id);
  return (cell) => byTitle.get(foldWord(cell)) ?? null;
}
