import * as v from 'valibot';
import type { ImportOptions } from '../../../../lib/server/registration-import/import.ts';

const IdSchema = v.fallback(v.nullable(v.pipe(v.string(), v.uuid())), null);

/** By what a table is found that was handed in; null for anything else. */
export function readImportId(value: unknown): string | null {
  return v.parse(IdSchema, value);
}

/** What was ticked. */
export function readOptions(data: FormData): ImportOptions {
  return { mails: data.get('mails') === 'yes', overbook: data.get('overbook') === 'yes' };
}
