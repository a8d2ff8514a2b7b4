import type { Separator } from '../../../../lib/domain/csv.ts';
import type { WorkgroupId } from '../../../../lib/domain/ids.ts';
import type { RowProblem } from '../../../../lib/domain/imported-row.ts';
import {
  IMPORTED_COLUMNS,
  type Column,
  type ImportedColumn,
} from '../../../../lib/domain/registration-columns.ts';
import type { RegistrationState } from '../../../../lib/domain/registration.ts';
import { countWaitlisted, type Checked } from '../../../../lib/server/registration-import/import.ts';
import { differences, type KnownRegistration } from '../../../../lib/server/registration-import/plan.ts';
import { countMails, countPromotionMails } from '../../../../lib/server/registration-import/write.ts';

/** How many of each a page shows; all are counted. */
const SHOWN = { problems: 100, added: 10, changed: 25, promoted: 25, names: 20 };
/** The most characters of a name of a column that the page repeats. */
const NAME_SHOWN = 60;

/** What of a registration the page compares. */
export interface ShownRegistration {
  name: string;
  email: string | null;
  workgroupId: WorkgroupId;
  state: RegistrationState;
  locale: string;
  affiliation: KnownRegistration['affiliation'];
  firstChoiceId: WorkgroupId | null;
  secondChoiceId: WorkgroupId | null;
}

/** What taking in a table would do, as far as a page shows it. */
export interface ImportView {
  separator: Separator;
  /** Columns that are taken in, that are known and left alone, and names that nobody knows or that came before. */
  columns: { read: ImportedColumn[]; ignored: string[] };
  problems: (RowProblem & { columnName: string | null })[];
  problemCount: number;
  /** All problems are that there is no place: with more places given away than there are, none would be left. */
  onlyFull: boolean;
  counts: {
    added: number;
    waitlisted: number;
    changed: number;
    unchanged: number;
    keptCancelled: number;
    promoted: number;
    mails: number;
    promotionMails: number;
  };
  added: { line: number; name: string; workgroupId: WorkgroupId; state: RegistrationState }[];
  changed: {
    line: number;
    id: string;
    columns: ImportedColumn[];
    before: ShownRegistration;
    after: ShownRegistration;
  }[];
  promoted: { id: string; name: string; workgroupId: WorkgroupId }[];
}

export function viewChecked({ table, plan, situation }: Checked): ImportView {
  const { header } = table;
  const problems = [...table.problems, ...plan.problems].sort((a, b) => a.line - b.line);
  const problemCount = table.problemCount + plan.problemCount;
  return {
    separator: table.separator,
    columns: {
      read: IMPORTED_COLUMNS.filter((column) => header.columns.has(column)),
      ignored: ignoredNames(table).slice(0, SHOWN.names).map(short),
    },
    problems: problems.slice(0, SHOWN.problems).map((problem) => ({
      ...problem,
      columnName: problem.column && nameInFile(header, problem.column),
    })),
    problemCount,
    onlyFull: problemCount > 0 && problems.every(({ kind }) => kind === 'full'),
    counts: {
      added: plan.added.length,
      waitlisted: countWaitlisted(plan),
      changed: plan.changed.length,
      unchanged: plan.unchanged,
      keptCancelled: plan.keptCancelled,
      promoted: plan.promoted.length,
      mails: countMails(plan, situation),
      promotionMails: countPromotionMails(plan, situation),
    },
    added: plan.added.slice(0, SHOWN.added).map(({ line, registration: { name, workgroupId, state } }) => ({
      line,
      name,
      workgroupId,
      state,
    })),
    changed: plan.changed.slice(0, SHOWN.changed).map(({ line, before, after }) => ({
      line,
      id: before.id,
      columns: differences(before, after),
      before: shown(before),
      after: shown(after),
    })),
    promoted: plan.promoted
      .slice(0, SHOWN.promoted)
      .map(({ id, name, workgroup_id }) => ({ id, name, workgroupId: workgroup_id })),
  };
}

function ignoredNames({ header }: Checked['table']): string[] {
  const isRead = (column: Column) => (IMPORTED_COLUMNS as readonly Column[]).includes(column);
  const known = [...header.columns].filter(([column]) => !isRead(column));
  return [...known.map(([, index]) => header.names[index]!), ...header.unknown, ...header.repeated];
}

/** As the column is called in the file; null where the file has none such. */
function nameInFile({ columns, names }: Checked['table']['header'], column: ImportedColumn): string | null {
  const index = columns.get(column);
  return index === undefined ? null : short(names[index]!.trim());
}

const short = (name: string): string => [...name].slice(0, NAME_SHOWN).join('');

function shown(registration: KnownRegistration): ShownRegistration {
  return {
    name: registration.name,
    email: registration.email,
    workgroupId: registration.workgroup_id,
    state: registration.state,
    locale: registration.locale,
    affiliation: registration.affiliation,
    firstChoiceId: registration.first_choice_id,
    secondChoiceId: registration.second_choice_id,
  };
}
