import * as v from 'valibot';
import { AFFILIATIONS, INTERPRETING_LANGUAGES } from '../../../../lib/domain/access-needs.ts';
import { WorkgroupIdSchema } from '../../../../lib/domain/ids.ts';
import {
  EmailSchema,
  NAME_LIMIT,
  NameSchema,
  OtherNeedSchema,
  textOf,
  textsOf,
  tidy,
  type PersonProblem,
} from '../../person-fields.ts';

/** How many people somebody can bring along. */
export const COMPANIONS = 4;

/** The fields that can have a problem, in the form's order; each is also the field's id on the page. */
export const FIELDS = [
  'when-full',
  'name',
  'email',
  'affiliation',
  'workgroup',
  'second',
  'companion-1',
  'companion-2',
  'companion-3',
  'companion-4',
  'interpreting',
  'other-needs',
  'consent',
] as const;
export type Field = (typeof FIELDS)[number];

/** What can be wrong with a field: by the form alone, or by the event (the last four). */
export type Problem =
  | PersonProblem
  | 'companion_wrong'
  | 'not_in_list'
  | 'workgroup_missing'
  | 'second_same'
  | 'consent_missing'
  | 'workgroup_unknown'
  | 'full_none'
  | 'full_some'
  | 'when_full_missing';
export type Problems = Partial<Record<Field, Problem>>;

/** The form as it was typed, to be shown again. */
export interface Typed {
  /** Made with the form, so that sending it twice registers once. */
  submission: string;
  /** When the form was made. */
  stamp: string;
  name: string;
  email: string;
  affiliation: string;
  workgroup: string;
  second: string;
  companions: string[];
  wheelchair: string;
  signLanguage: string;
  interpreting: string;
  otherNeeds: string;
  consent: string;
  whenFull: string;
  /** Which choices the question what to do when they are full was asked for: see `choicesOf`. */
  asked: string;
  /** A field that nobody sees; only machines fill it in. */
  trap: string;
}

const problem = (name: Problem): Problem => name;

const ticked = v.pipe(
  v.string(),
  v.transform((value) => value === 'yes'),
);

/** One of a list, or nothing. */
const choiceOf = <const Options extends readonly string[]>(options: Options) =>
  v.pipe(
    v.string(),
    v.transform((value) => value || null),
    v.nullable(v.picklist(options, problem('not_in_list'))),
  );

/** A name, or nothing. */
const CompanionSchema = v.pipe(
  v.string(),
  v.transform(tidy),
  v.check((name) => [...name].length <= NAME_LIMIT, problem('name_too_long')),
  v.check((name) => name === '' || v.is(NameSchema, name), problem('companion_wrong')),
);

const RegistrationFormSchema = v.pipe(
  v.object({
    submission: v.string(),
    name: NameSchema,
    email: v.pipe(
      EmailSchema,
      v.transform((email) => email || null),
    ),
    affiliation: choiceOf(AFFILIATIONS),
    workgroup: v.pipe(
      v.string(),
      v.check((id) => v.is(WorkgroupIdSchema, id), problem('workgroup_missing')),
      WorkgroupIdSchema,
    ),
    second: v.pipe(
      v.string(),
      v.check((id) => id === '' || v.is(WorkgroupIdSchema, id), problem('workgroup_unknown')),
      v.transform((id) => id || null),
      v.nullable(WorkgroupIdSchema),
    ),
    companions: v.array(CompanionSchema),
    wheelchair: ticked,
    signLanguage: ticked,
    interpreting: choiceOf(INTERPRETING_LANGUAGES),
    otherNeeds: OtherNeedSchema,
    consent: v.literal('yes', problem('consent_missing')),
    whenFull: v.fallback(v.nullable(v.picklist(['second_choice', 'waiting_list'])), null),
  }),
  v.forward(
    v.partialCheck(
      [['workgroup'], ['second']],
      ({ workgroup, second }) => workgroup !== second,
      problem('second_same'),
    ),
    ['second'],
  ),
);
export type RegistrationForm = v.InferOutput<typeof RegistrationFormSchema>;

const SubmissionSchema = v.fallback(v.pipe(v.string(), v.uuid()), () => crypto.randomUUID());

/** Takes the fields' texts out of whatever was sent. */
export function readTyped(data: FormData): Typed {
  const text = (field: string) => textOf(data, field);
  return {
    submission: v.parse(SubmissionSchema, text('submission')),
    stamp: text('stamp'),
    name: text('name'),
    email: text('email'),
    affiliation: text('affiliation'),
    workgroup: text('workgroup'),
    second: text('second'),
    companions: textsOf(data, 'companion', COMPANIONS),
    wheelchair: text('wheelchair'),
    signLanguage: text('sign-language'),
    interpreting: text('interpreting'),
    otherNeeds: text('other-needs'),
    consent: text('consent'),
    whenFull: text('when-full'),
    asked: text('asked'),
    trap: text('homepage'),
  };
}

/** A form that nobody has filled in yet. @param stamp - tells when it was made */
export function blankForm(stamp: string): Typed {
  return { ...readTyped(new FormData()), stamp };
}

export function parseTyped(typed: Typed): { form: RegistrationForm } | { problems: Problems } {
  const parsed = v.safeParse(RegistrationFormSchema, typed);
  if (parsed.success) return { form: parsed.output };
  const problems: Record<string, string> = {};
  for (const issue of parsed.issues) problems[fieldOf(v.getDotPath(issue) ?? '')] ??= issue.message;
  return { problems: problems };
}

function fieldOf(path: string): string {
  if (path === 'otherNeeds') return 'other-needs';
  return path.replace(/^companions\.(\d+)$/, (_, index) => `companion-${Number(index) + 1}`);
}

/** The names of who is registered: who fills in the form, and whom they bring along. */
export function namesOf({ name, companions }: RegistrationForm): [string, ...string[]] {
  return [name, ...companions.filter(Boolean)];
}

/** Both choices in one text. An answer to what shall be done when they are full holds for these choices only. */
export function choicesOf({ workgroup, second }: { workgroup: string; second: string | null }): string {
  return `${workgroup} ${second ?? ''}`;
}

/** Whether the question what shall be done was asked for the choices that the form has now. */
export function wasAsked(typed: Pick<Typed, 'workgroup' | 'second' | 'asked'>): boolean {
  return typed.asked !== '' && typed.asked === choicesOf(typed);
}

/** How many people a form speaks of, as far as it is filled in. */
export function partySize({ companions }: Pick<Typed, 'companions'>): number {
  return 1 + companions.filter((name) => tidy(name) !== '').length;
}
