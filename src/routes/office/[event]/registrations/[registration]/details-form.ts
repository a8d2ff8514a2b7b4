import * as v from 'valibot';
import type { PersonDetails } from '../../../../../lib/server/registrations.ts';
import {
  EmailSchema,
  NameSchema,
  needsOf,
  OtherNeedSchema,
  textOf,
  type PersonProblem,
  type TypedNeeds,
} from '../../../../(public)/person-fields.ts';

/** What the office corrects, as it was typed, to be shown again. */
export interface TypedDetails extends TypedNeeds {
  name: string;
  email: string;
}
export type DetailsProblems = Partial<Record<'name' | 'email' | 'other', PersonProblem>>;

const DetailsSchema = v.object({ name: NameSchema, email: EmailSchema, other: OtherNeedSchema });

export function readTypedDetails(data: FormData): TypedDetails {
  const text = (field: string) => textOf(data, field);
  return {
    name: text('name'),
    email: text('email'),
    wheelchair: text('wheelchair'),
    signLanguage: text('signLanguage'),
    interpreting: text('interpreting'),
    other: text('other'),
  };
}

export function parseDetails(
  typed: TypedDetails,
): { details: PersonDetails } | { problems: DetailsProblems } {
  const parsed = v.safeParse(DetailsSchema, typed, { abortPipeEarly: true });
  if (!parsed.success) {
    const problems = parsed.issues.map((issue) => [v.getDotPath(issue), issue.message]);
    return { problems: Object.fromEntries(problems) as DetailsProblems };
  }
  const { name, email } = parsed.output;
  return { details: { name, email: email || null, needs: needsOf(typed) } };
}
