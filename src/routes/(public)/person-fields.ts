import * as v from 'valibot';
import {
  AccessNeedsSchema,
  INTERPRETING_LANGUAGES,
  type AccessNeeds,
} from '../../lib/domain/access-needs.ts';
import { tidy } from '../../lib/domain/person.ts';

/** What a person types about themselves, in the form and later on the ticket's page. */
export {
  EMAIL_LIMIT,
  EmailSchema,
  NAME_LIMIT,
  NameSchema,
  OtherNeedSchema,
  tidy,
  type PersonProblem,
} from '../../lib/domain/person.ts';

/** Access needs as they were typed, to be shown again. */
export interface TypedNeeds {
  wheelchair: string;
  signLanguage: string;
  interpreting: string;
  other: string;
}

/** A language that nobody offers is no language. */
const InterpretingSchema = v.fallback(v.nullable(v.picklist(INTERPRETING_LANGUAGES)), null);

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
