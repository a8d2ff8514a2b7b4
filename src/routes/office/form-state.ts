import type { FieldProblem } from './field-problems';

/** A form's texts by the names of their fields. */
export type Fields = Record<string, string>;

/** What a form action answers when it has saved nothing. */
export interface FormRefusal {
  typed: Fields;
  problems: Record<string, FieldProblem>;
  /** Somebody else has saved something else since the form was opened. */
  meanwhile: boolean;
}

/** What each field of a form shows: what is stored, or, of a form that was refused, what was typed. */
export interface FormState {
  value(name: string): string;
  problem(name: string): FieldProblem | undefined;
  /** What is stored now, where somebody else has changed it meanwhile and it is not what was typed. */
  stored(name: string): string | undefined;
  problems: Record<string, FieldProblem>;
  meanwhile: boolean;
  /** What the form brings back, so that two who edit at once notice. */
  version: string;
}

export function formState(
  { fields, version }: { fields: Fields; version: string },
  form: FormRefusal | null | undefined,
): FormState {
  const typed = form?.typed;
  return {
    value: (name) => (typed ? typed[name] : fields[name]) ?? '',
    problem: (name) => form?.problems[name],
    stored: (name) =>
      form?.meanwhile && (fields[name] ?? '') !== (typed?.[name] ?? '') ? (fields[name] ?? '') : undefined,
    problems: form?.problems ?? {},
    meanwhile: form?.meanwhile ?? false,
    // Whoever has been told of the other's change may save over it; a form with a mistake in it has not been told.
    version: form && !form.meanwhile ? (form.typed.version ?? '') : version,
  };
}
