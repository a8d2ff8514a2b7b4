import * as v from 'valibot';
import { LINE_LENGTH, LineSchema, type FieldReader } from './form-reader.ts';

/** The lines of a field, each one text; empty ones are none. @param most - how many there may be */
export function readLines(form: FieldReader, name: string, most: number): string[] {
  const parsed = form
    .raw(name)
    .slice(0, (most + 1) * (LINE_LENGTH + 1))
    .split(/[\r\n]+/)
    .map((line) => v.safeParse(LineSchema, line));
  if (parsed.some(({ success }) => !success)) form.problems[name] = 'too_long';
  const lines = parsed.map(({ output }) => output as string).filter(Boolean);
  if (lines.length > most) form.problems[name] = 'too_many';
  return lines;
}
