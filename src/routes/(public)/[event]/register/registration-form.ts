import * as v from 'valibot';
import { WorkgroupIdSchema } from '../../../../lib/domain/ids.ts';

/** The fields that a person fills in, in the form's order. */
export const FIELDS = ['name', 'email', 'workgroup', 'consent'] as const;
export type Field = (typeof FIELDS)[number];

export const NAME_LIMIT = 200;
export const EMAIL_LIMIT = 254;

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
const length = (text: string): number => [...text].length;

const SubmissionSchema = v.fallback(v.pipe(v.string(), v.uuid()), () => crypto.randomUUID());

const RegistrationFormSchema = v.object({
  submission: v.string(),
  name: v.pipe(
    v.string(),
    v.transform(tidy),
    v.check((name) => length(name) <= NAME_LIMIT, problem('name_too_long')),
    v.regex(/[\p{L}\p{N}]/u, problem('name_missing')),
  ),
  email: v.pipe(
    v.string(),
    v.transform(tidy),
    v.nonEmpty(problem('email_missing')),
    v.check((email) => length(email) <= EMAIL_LIMIT, problem('email_too_long')),
    // Who knows whether an address is good? Only the mail that arrives.
    v.regex(/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/u, problem('email_wrong')),
  ),
  workgroup: v.pipe(
    v.string(),
    v.check((id) => v.is(WorkgroupIdSchema, id), problem('workgroup_missing')),
    WorkgroupIdSchema,
  ),
  consent: v.literal('yes', problem('consent_missing')),
});
export type RegistrationForm = v.InferOutput<typeof RegistrationFormSchema>;

/** Takes the fields' texts out of whatever was sent; a file, a missing or a repeated field is nobody's text. */
export function readTyped(data: FormData): Typed {
  const text = (field: string) => data.getAll(field).find((value) => typeof value === 'string') ?? '';
  return {
    submission: v.parse(SubmissionSchema, text('submission')),
    name: text('name').toWellFormed(),
    email: text('email').toWellFormed(),
    workgroup: text('workgroup').toWellFormed(),
    consent: text('consent').toWellFormed(),
  };
}

export function parseTyped(typed: Typed): { form: RegistrationForm } | { problems: Problems } {
  const parsed = v.safeParse(RegistrationFormSchema, typed, { abortPipeEarly: true });
  if (parsed.success) return { form: parsed.output };
  const problems = parsed.issues.map((issue) => [v.getDotPath(issue), issue.message]);
  return { problems: Object.fromEntries(problems) as Problems };
}

/**
 * One line of well-formed text without characters that nobody sees on purpose: control characters, and those that turn
 * the direction of all that follows. Joiners stay, some scripts need them.
 */
function tidy(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/[\p{Cc}\u200B\u202A-\u202E\u2060\u2066-\u2069]/gu, '')
    .replaceAll(/ {2,}/g, ' ')
    .trim()
    .normalize('NFC');
}
