import * as v from 'valibot';
import { WorkgroupIdSchema } from '../../../../lib/domain/ids.ts';
import { EmailSchema, NameSchema, textOf, tidy } from '../../person-fields.ts';

/** The fields that a person fills in, in the form's order. */
export const FIELDS = ['name', 'email', 'workgroup', 'consent'] as const;
export type Field = (typeof FIELDS)[number];

/** What can be wrong with a field: by the form alone, or by the event (the last two). */
export type Problem =
  | 'name_missing'
  | 'name_too_long'
  | 'email_missing'
  | 'email_wrong'
  | 'email_too_long'
  | 'workgroup_missing'
  | 'consent_missing'
  | 'workgroup_unknown'
  | 'workgroup_full';
export type Problems = Partial<Record<Field, Problem>>;

/** The form as it was typed, to be shown again. */
export interface Typed {
  /** Made with the form, so that sending it twice registers once. */
  submission: string;
  name: string;
  email: string;
  workgroup: string;
  consent: string;
}

const problem = (name: Problem): Problem => name;

const SubmissionSchema = v.fallback(v.pipe(v.string(), v.uuid()), () => crypto.randomUUID());

const RegistrationFormSchema = v.object({
  submission: v.string(),
  name: NameSchema,
  email: v.pipe(
    v.string(),
    v.check((email) => tidy(email) !== '', problem('email_missing')),
    EmailSchema,
  ),
  workgroup: v.pipe(
    v.string(),
    v.check((id) => v.is(WorkgroupIdSchema, id), problem('workgroup_missing')),
    WorkgroupIdSchema,
  ),
  consent: v.literal('yes', problem('consent_missing')),
});
export type RegistrationForm = v.InferOutput<typeof RegistrationFormSchema>;

/** Takes the fields' texts out of whatever was sent. */
export function readTyped(data: FormData): Typed {
  return {
    submission: v.parse(SubmissionSchema, textOf(data, 'submission')),
    name: textOf(data, 'name'),
    email: textOf(data, 'email'),
    workgroup: textOf(data, 'workgroup'),
    consent: textOf(data, 'consent'),
  };
}

export function parseTyped(typed: Typed): { form: RegistrationForm } | { problems: Problems } {
  const parsed = v.safeParse(RegistrationFormSchema, typed, { abortPipeEarly: true });
  if (parsed.success) return { form: parsed.output };
  const problems = parsed.issues.map((issue) => [v.getDotPath(issue), issue.message]);
  return { problems: Object.fromEntries(problems) as Problems };
}
