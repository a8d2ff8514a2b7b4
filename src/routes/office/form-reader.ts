import * as v from 'valibot';
import { EventSlugSchema } from '../../lib/domain/event-slug.ts';
import { readBerlinText } from '../../lib/server/berlin-time.ts';
import { EmailSchema, tidy } from '../(public)/person-fields.ts';
import type { FieldProblem } from './field-problems.ts';
import type { Fields } from './form-state.ts';

/** More than any hall holds. */
export const MOST_PEOPLE = 10_000;
/** In characters. */
export const LINE_LENGTH = 200;
export const PARAGRAPH_LENGTH = 3_000;

const MAX_FIELDS = 3_000;
const problem = (name: FieldProblem): FieldProblem => name;
const length = (text: string): number => [...text].length;

const textSchema = (limit: number) =>
  v.pipe(
    v.string(),
    v.transform(tidy),
    v.check((text) => length(text) <= limit, problem('too_long')),
  );

/** One line, or nothing. */
export const LineSchema = textSchema(LINE_LENGTH);
export const NeededLineSchema = v.pipe(LineSchema, v.nonEmpty(problem('missing')));
/** A paragraph, or nothing. */
export const ParagraphSchema = textSchema(PARAGRAPH_LENGTH);
export const AddressSchema = v.pipe(EmailSchema);

export const CountSchema = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^\d{1,5}$/, problem('number_wrong')),
  v.transform(Number),
  v.maxValue(MOST_PEOPLE, problem('number_wrong')),
);

export const MomentSchema = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty(problem('missing')),
  v.transform(readBerlinText),
  v.check((moment) => moment !== null, problem('moment_wrong')),
  v.transform((moment) => moment!),
);

/** An address as people type it: capitals and spaces around it don't matter. */
export const SlugSchema = v.pipe(
  v.string(),
  v.trim(),
  v.toLowerCase(),
  v.check((slug) => v.is(EventSlugSchema, slug), problem('slug_wrong')),
);

/** The texts of a form by their names; of fields with the same name the first, and nothing of files. */
export function readFields(data: FormData): Fields {
  const fields: Fields = {};
  let count = 0;
  for (const [name, value] of data) {
    if (typeof value !== 'string' || Object.hasOwn(fields, name)) continue;
    if (++count > MAX_FIELDS) break;
    fields[name] = value.toWellFormed();
  }
  return fields;
}

/** Reads fields one by one and collects what is wrong with them. */
export class FieldReader {
  readonly problems: Record<string, FieldProblem> = {};
  private readonly fields: Fields;

  constructor(fields: Fields) {
    this.fields = fields;
  }

  /** What was typed; empty where there is no such field. */
  raw(name: string): string {
    return Object.hasOwn(this.fields, name) ? this.fields[name]! : '';
  }

  ticked(name: string): boolean {
    return this.raw(name) === 'yes';
  }

  /** What a field says: to be used only where there are no `problems`. */
  read<Schema extends v.GenericSchema<string, unknown>>(name: string, schema: Schema): v.InferOutput<Schema> {
    const parsed = v.safeParse(schema, this.raw(name), { abortPipeEarly: true });
    if (!parsed.success) this.problems[name] = parsed.issues[0].message as FieldProblem;
    return parsed.output;
  }

  get failed(): boolean {
    return Object.keys(this.problems).length > 0;
  }
}

/** The fields of a post. A body that is no form is a form with nothing in it. */
export async function fieldsOf(request: Request): Promise<Fields> {
  return readFields(await request.formData().catch(() => new FormData()));
}
