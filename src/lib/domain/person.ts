import * as v from 'valibot';
import { OTHER_NEEDS_LENGTH } from './access-needs.ts';

/** What a person says of themselves, wherever it comes from: a form, or a row of a table. */

export const NAME_LIMIT = 200;
export const EMAIL_LIMIT = 254;

/** What can be wrong with it. */
export type PersonProblem =
  'name_missing' | 'name_too_long' | 'email_wrong' | 'email_too_long' | 'other_too_long';

const problem = (name: PersonProblem): PersonProblem => name;
const length = (text: string): number => [...text].length;

export const NameSchema = v.pipe(
  v.string(),
  v.transform(tidy),
  v.check((name) => length(name) <= NAME_LIMIT, problem('name_too_long')),
  v.regex(/[\p{L}\p{N}]/u, problem('name_missing')),
);

/** An address, or nothing. */
export const EmailSchema = v.pipe(
  v.string(),
  v.transform(tidy),
  v.check((email) => length(email) <= EMAIL_LIMIT, problem('email_too_long')),
  // Who knows whether an address is good? Only the mail that arrives.
  v.regex(/^$|^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/u, problem('email_wrong')),
);

export const OtherNeedSchema = v.pipe(
  v.string(),
  v.transform(tidy),
  v.check((other) => length(other) <= OTHER_NEEDS_LENGTH, problem('other_too_long')),
);

/**
 * One line of well-formed text without characters that nobody sees on purpose: control characters, and those that turn
 * the direction of all that follows. Joiners stay, some scripts need them.
 */
export function tidy(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/[\p{Cc}\u200B\u202A-\u202E\u2060\u2066-\u2069]/gu, '')
    .replaceAll(/ {2,}/g, ' ')
    .trim()
    .normalize('NFC');
}
