import * as v from 'valibot';
import { WorkgroupIdSchema } from './ids.ts';
import type { Applicant, Outcome, WorkgroupCapacity } from './place-assignment.ts';
import { wishTeller, type Wish } from './place-wishes.ts';

const CountSchema = v.pipe(v.number(), v.safeInteger());

const WishFiguresSchema = v.object({
  first: CountSchema,
  second: CountSchema,
  /** With a place in a workgroup that they did not wish for. */
  elsewhere: CountSchema,
  waiting: CountSchema,
});
/** How many people have what they wished for. */
export type WishFigures = v.InferOutput<typeof WishFiguresSchema>;

export const PlaceFiguresSchema = v.object({
  workgroups: v.array(
    v.object({
      id: WorkgroupIdSchema,
      places: CountSchema,
      now: WishFiguresSchema,
      then: WishFiguresSchema,
    }),
  ),
  now: WishFiguresSchema,
  then: WishFiguresSchema,
});
export type PlaceFigures = v.InferOutput<typeof PlaceFiguresSchema>;

/** What an assignment does to somebody whom it doesn't leave as they are. */
export const MOVE_KINDS = ['placed', 'better', 'worse', 'waits_elsewhere'] as const;
export type MoveKind = (typeof MOVE_KINDS)[number];

export interface Move extends Outcome {
  kind: MoveKind;
}

const NAMES = ['first', 'second', 'elsewhere'] as const satisfies Record<Wish, keyof WishFigures>;

/** Compares what people have with what they would have; whoever waits is counted where they wait. */
export function placeFigures(
  outcomes: readonly Outcome[],
  workgroups: readonly WorkgroupCapacity[],
): PlaceFigures {
  const wishFor = wishTeller(workgroups);
  const figures: PlaceFigures = {
    workgroups: workgroups.map(({ id, places }) => ({ id, places, now: none(), then: none() })),
    now: none(),
    then: none(),
  };
  const byId = new Map(figures.workgroups.map((workgroup) => [workgroup.id, workgroup]));
  const count = (
    applicant: Applicant,
    { workgroupId, state }: Pick<Applicant, 'workgroupId' | 'state'>,
    when: 'now' | 'then',
  ): void => {
    const name = state === 'waitlisted' ? 'waiting' : NAMES[wishFor(applicant, workgroupId)];
    figures[when][name] += 1;
    byId.get(workgroupId)![when][name] += 1;
  };
  for (const outcome of outcomes) {
    count(outcome.applicant, outcome.applicant, 'now');
    count(outcome.applicant, outcome, 'then');
  }
  return figures;
}

const none = (): WishFigures => ({ first: 0, second: 0, elsewhere: 0, waiting: 0 });

/** How many have a place. */
export function placedOf({ first, second, elsewhere }: WishFigures): number {
  return first + second + elsewhere;
}

/** Whom an assignment doesn't leave as they are. */
export function movesOf(outcomes: readonly Outcome[], workgroups: readonly WorkgroupCapacity[]): Move[] {
  const wishFor = wishTeller(workgroups);
  return outcomes.flatMap((outcome): Move[] => {
    const { applicant, workgroupId, state } = outcome;
    if (workgroupId === applicant.workgroupId && state === applicant.state) return [];
    if (state === 'waitlisted') return [{ ...outcome, kind: 'waits_elsewhere' }];
    if (applicant.state === 'waitlisted') return [{ ...outcome, kind: 'placed' }];
    const gains = wishFor(applicant, workgroupId) < wishFor(applicant, applicant.workgroupId);
    return [{ ...outcome, kind: gains ? 'better' : 'worse' }];
  });
}
