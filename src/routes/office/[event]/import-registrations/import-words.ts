import type { RowProblem, RowProblemKind } from '$lib/domain/imported-row';
import { m } from '$lib/i18n';
import type { FileProblem } from '$lib/server/registration-import/table';
import type { Progress } from '$lib/server/registration-import/import';

/** Why a file is not taken, in words. */
export const FILE_PROBLEMS: Record<FileProblem | 'gone', () => string> = {
  empty: m.data_file_empty,
  too_large: m.data_file_too_large,
  workbook: m.data_file_workbook,
  not_text: m.data_file_not_text,
  no_header: m.data_file_no_header,
  no_names: m.data_file_no_names,
  too_many_rows: m.data_file_too_many_rows,
  gone: m.data_file_gone,
};

const ROW_PROBLEMS: Record<Exclude<RowProblemKind, 'repeated'>, () => string> = {
  name_missing: m.data_problem_name_missing,
  name_too_long: m.data_problem_name_too_long,
  email_wrong: m.data_problem_email_wrong,
  email_too_long: m.data_problem_email_too_long,
  other_too_long: m.data_problem_other_too_long,
  id_too_long: m.data_problem_id_too_long,
  workgroup_unknown: m.data_problem_workgroup_unknown,
  workgroup_missing: m.data_problem_workgroup_missing,
  state_unknown: m.data_problem_state_unknown,
  language_unknown: m.data_problem_language_unknown,
  affiliation_unknown: m.data_problem_affiliation_unknown,
  answer_unknown: m.data_problem_answer_unknown,
  interpreting_unknown: m.data_problem_interpreting_unknown,
  unclosed_quote: m.data_problem_unclosed_quote,
  ambiguous: m.data_problem_ambiguous,
  erased: m.data_problem_erased,
  full: m.data_problem_full,
};

/** What is wrong in a row, in a sentence. */
export function problemWords({ kind, otherLine }: RowProblem): string {
  return kind === 'repeated' ? m.data_problem_repeated({ line: otherLine ?? 0 }) : ROW_PROBLEMS[kind]();
}

export const STEPS: Record<Progress['step'], () => string> = {
  reading: m.data_progress_reading,
  tickets: m.data_progress_tickets,
  writing: m.data_progress_writing,
};
