import * as v from 'valibot';
import type { AssignmentRules } from '../../../../lib/domain/place-assignment.ts';
import { textOf } from '../../../(public)/person-fields.ts';

/** The rules in the page's address: a tick is there, or it isn't. */
export function readRules(query: URLSearchParams): AssignmentRules {
  return { onlyGains: query.has('gains'), elsewhere: query.has('elsewhere') };
}

/** The rules as they stand in the page's address, behind a question mark or an ampersand. */
export function writeRules({ onlyGains, elsewhere }: AssignmentRules): string {
  const query = new URLSearchParams();
  if (onlyGains) query.set('gains', 'yes');
  if (elsewhere) query.set('elsewhere', 'yes');
  return query.toString();
}

const FingerprintSchema = v.pipe(v.string(), v.regex(/^[\w-]{43}$/));
const IdSchema = v.pipe(v.string(), v.uuid());

/** @returns null where no form of ours has sent it */
export function readApply(data: FormData): { fingerprint: string; tell: boolean } | null {
  const fingerprint = v.safeParse(FingerprintSchema, textOf(data, 'fingerprint'));
  return fingerprint.success ? { fingerprint: fingerprint.output, tell: readTell(data) } : null;
}

/** @returns null where no form of ours has sent it */
export function readUndo(data: FormData): { id: string; tell: boolean } | null {
  const id = v.safeParse(IdSchema, textOf(data, 'assignment'));
  return id.success ? { id: id.output, tell: readTell(data) } : null;
}

const readTell = (data: FormData): boolean => textOf(data, 'tell') === 'yes';
