import * as v from 'valibot';
import {
  AccessNeedsSchema,
  INTERPRETING_LANGUAGES,
  OTHER_NEEDS_LENGTH,
  type AccessNeeds,
} from '../../lib/domain/access-needs.ts';

/** What a person types about themselves, in the form and later on the ticket's page. */

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

/** Access needs as they were typed, to be shown again. */
export interface TypedNeeds {
  wheelchair: string;
  signLanguage: string;
  interpreting: string;
  other: string;
}

/** A language that nobody offers is no language. */
const InterpretingSchema = v.fallback(v.nullable(v.picklist(INTERPRETING_LANGUAGES)), null);

export const OtherNeedSchema = v.pipe(
  v.string(),
  v.transform(tidy),
  v.check((other) => length(other) <= OTHER_NEEDS_LENGTH, problem('other_too_long')),
);

export const needsOf = (typed: TypedNeeds): AccessNeeds =>
  v.parse(AccessNeedsSchema, {
    wheelchair: typed.wheelchair === 'yes',
    signLanguage: typed.signLanguage === 'yes',
    interpreting: v.parse(InterpretingSchema, typed.interpreting),
    other: tidy(typed.other),
  });

export function typedNeeds(needs: AccessNeeds): TypedNeeds {
  return {
    wheelchair: needs.wheelchair ? 'yes' : '',
    signLanguage: needs.signLanguage ? 'yes' : '',
    interpreting: needs.interpreting ?? '',
    other: needs.other,
  };
}

/** A field's text out of whatever was sent; a file, a missing or a repeated field is nobody's text. */
export function textOf(data: FormData, field: string): string {
  const text = data.getAll(field).find((value) => typeof value === 'string') ?? '';
  return text.toWellFormed();
}

/** The texts of fields of the same name, in their order. */
export function textsOf(data: FormData, field: string, count: number): string[] {
  const values = data.getAll(field);
  return Array.from({ length: count }, (_, i) => {
    const value = values[i];
    return typeof value === 'string' ? value.toWellFormed() : '';
  });
}

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
