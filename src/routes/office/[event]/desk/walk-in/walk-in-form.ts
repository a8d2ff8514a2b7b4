import * as v from 'valibot';
import { CheckpointIdSchema, WorkgroupIdSchema, type CheckpointId } from '../../../../../lib/domain/ids.ts';
import { baseLocale, isLocale } from '../../../../../lib/i18n/index.ts';
import type { DeskWalkIn } from '../../../../../lib/server/desk.ts';
import {
  EmailSchema,
  NameSchema,
  needsOf,
  OtherNeedSchema,
  textOf,
  type PersonProblem,
  type TypedNeeds,
} from '../../../../(public)/person-fields.ts';

/** What was typed of somebody who has come without a registration, to be shown again. */
export interface TypedWalkIn extends TypedNeeds {
  submission: string;
  name: string;
  email: string;
  workgroup: string;
  language: string;
  /** `yes`: let in at once, at this door. */
  inNow: string;
  checkpoint: string;
}
export type WalkInProblems = Partial<
  Record<'name' | 'email' | 'other', PersonProblem> & { workgroup: 'missing' | 'full' }
>;

const WalkInSchema = v.object({
  submission: v.pipe(v.string(), v.uuid()),
  name: NameSchema,
  email: EmailSchema,
  other: OtherNeedSchema,
  workgroup: v.pipe(
    v.string(),
    v.check((id) => v.is(WorkgroupIdSchema, id), 'missing'),
  ),
});

export function readTypedWalkIn(data: FormData): TypedWalkIn {
  const text = (field: string) => textOf(data, field);
  return {
    submission: text('submission'),
    name: text('name'),
    email: text('email'),
    workgroup: text('workgroup'),
    language: text('language'),
    inNow: text('inNow'),
    checkpoint: text('checkpoint'),
    wheelchair: text('wheelchair'),
    signLanguage: text('signLanguage'),
    interpreting: text('interpreting'),
    other: text('other'),
  };
}

/** @param overbook - whether the tick is set without which nobody gets a place that does not exist */
export function parseWalkIn(
  typed: TypedWalkIn,
  overbook: boolean,
): { walkIn: DeskWalkIn; at: CheckpointId | null } | { problems: WalkInProblems } {
  const parsed = v.safeParse(WalkInSchema, typed, { abortPipeEarly: true });
  if (!parsed.success) {
    const problems = parsed.issues.map((issue) => [v.getDotPath(issue), issue.message]);
    return { problems: Object.fromEntries(problems) as WalkInProblems };
  }
  const { submission, name, email, workgroup } = parsed.output;
  const at = v.safeParse(CheckpointIdSchema, typed.checkpoint);
  return {
    at: typed.inNow === 'yes' && at.success ? at.output : null,
    walkIn: {
      submissionId: submission,
      name,
      email: email || null,
      needs: needsOf(typed),
      workgroupId: v.parse(WorkgroupIdSchema, workgroup),
      locale: isLocale(typed.language) ? typed.language : baseLocale,
      overbook,
    },
  };
}
