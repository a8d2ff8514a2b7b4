import * as v from 'valibot';
import type { AccessNeeds } from '../../../../../lib/domain/access-needs.ts';
import { WorkgroupIdSchema, type WorkgroupId } from '../../../../../lib/domain/ids.ts';
import {
  EmailSchema,
  NameSchema,
  needsOf,
  OtherNeedSchema,
  textOf,
  type PersonProblem,
  type TypedNeeds,
} from '../../../person-fields.ts';

/** The fields that something can be wrong with, in the form's order. */
export const FIELDS = ['name', 'email', 'workgroup', 'other'] as const;
export type Field = (typeof FIELDS)[number];

/** What can be wrong: the last two by the event. */
export type Problem = PersonProblem | 'workgroup_missing' | 'workgroup_unknown' | 'workgroup_full';
export type Problems = Partial<Record<Field, Problem>>;

/** The form as it was typed, to be shown again. */
export interface Typed extends TypedNeeds {
  name: string;
  email: string;
  workgroup: string;
}

export interface Change {
  name: string;
  email: string | null;
  workgroupId: WorkgroupId;
  needs: AccessNeeds;
}

const problem = (name: Problem): Problem => name;

const ChangeFormSchema = v.object({
  name: NameSchema,
  email: EmailSchema,
  workgroup: v.pipe(
    v.string(),
    v.check((id) => v.is(WorkgroupIdSchema, id), problem('workgroup_missing')),
    WorkgroupIdSchema,
  ),
  other: OtherNeedSchema,
});

export function readTyped(data: FormData): Typed {
  const text = (field: string) => textOf(data, field);
  return {
    name: text('name'),
    email: text('email'),
    workgroup: text('workgroup'),
    wheelchair: text('wheelchair'),
    signLanguage: text('signLanguage'),
    interpreting: text('interpreting'),
    other: text('other'),
  };
}

export function parseTyped(typed: Typed): { change: Change } | { problems: Problems } {
  const parsed = v.safeParse(ChangeFormSchema, typed, { abortPipeEarly: true });
  if (!parsed.success) {
    const problems = parsed.issues.map((issue) => [v.getDotPath(issue), issue.message]);
    return { problems: Object.fromEntries(problems) as Problems };
  }
  const { name, email, workgroup } = parsed.output;
  return { change: { name, email: email || null, workgroupId: workgroup, needs: needsOf(typed) } };
}
