import * as v from 'valibot';

/** The most characters of a report, and of an address. */
export const TEXT_LIMIT = 2000;
export const EMAIL_LIMIT = 254;

export type FeedbackField = 'text' | 'email';
export type FeedbackProblem = 'text_missing' | 'text_too_long' | 'email_wrong' | 'email_too_long';
export type FeedbackProblems = Partial<Record<FeedbackField, FeedbackProblem>>;

/** The form as it was typed, to be shown again. */
export interface TypedFeedback {
  /** Made with the form, so that sending it twice keeps it once. */
  submission: string;
  text: string;
  email: string;
  /** The path of the page that it is about. */
  page: string;
}

const problem = (name: FeedbackProblem): FeedbackProblem => name;
const length = (text: string): number => [...text].length;

const SubmissionSchema = v.fallback(v.pipe(v.string(), v.uuid()), () => crypto.randomUUID());

const FeedbackFormSchema = v.object({
  submission: v.string(),
  text: v.pipe(
    v.string(),
    v.transform(tidy),
    v.check((text) => /[\p{L}\p{N}\p{S}]/u.test(text), problem('text_missing')),
    v.check((text) => length(text) <= TEXT_LIMIT, problem('text_too_long')),
  ),
  email: v.pipe(
    v.string(),
    v.trim(),
    v.check((email) => length(email) <= EMAIL_LIMIT, problem('email_too_long')),
    v.regex(/^([^\s@]+@[^\s@.]+(\.[^\s@.]+)+)?$/u, problem('email_wrong')),
  ),
  page: v.string(),
});
export type FeedbackForm = v.InferOutput<typeof FeedbackFormSchema>;

/** Takes the fields' texts out of whatever was sent; a file, a missing or a repeated field is nobody's text. */
export function readTypedFeedback(data: FormData): TypedFeedback {
  const text = (field: string) =>
    (data.getAll(field).find((value) => typeof value === 'string') ?? '').toWellFormed();
  return {
    submission: v.parse(SubmissionSchema, text('submission')),
    text: text('text'),
    email: text('email'),
    page: text('page'),
  };
}

export function parseFeedback(typed: TypedFeedback): { form: FeedbackForm } | { problems: FeedbackProblems } {
  const parsed = v.safeParse(FeedbackFormSchema, typed, { abortPipeEarly: true });
  if (parsed.success) return { form: parsed.output };
  const problems = parsed.issues.map((issue) => [v.getDotPath(issue), issue.message]);
  return { problems: Object.fromEntries(problems) as FeedbackProblems };
}

/** Lines of text without characters that nobody sees on purpose. */
function tidy(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\n\t]|[\u200B\u202A-\u202E\u2060\u2066-\u2069]/gu, '')
    .trim()
    .normalize('NFC');
}
