import type { RegistrationId, WorkgroupId } from './ids.ts';
import { placePeople } from './place-order.ts';
import { settleParties } from './place-parties.ts';
import { partiesOf } from './place-wishes.ts';
import type { Millis } from './time.ts';

/**
 * Who gets a place in which workgroup, by what people wished for. Of all assignments that keep the promises below it
 * is the one in which
 *
 *   1. the most people have a place;
 *   2. of these, the most have it in the workgroup of their first choice;
 *   3. of these, the most others have it in that of their second;
 *   4. of these, the fewest who had a place are moved;
 *   5. of these, who registered first is best off, then who registered second, and so on. People who registered
 *      together are decided before all others, so this holds among them where they wished for the same, and for
 *      everybody else as far as their decision leaves it open.
 *
 * What is promised: whoever has a place keeps one, and leaves it only for a workgroup that they wished for. No
 * workgroup gets more people than it has places, or than the office has put there already. People who registered
 * together and are in the same workgroup with the same wishes stay in one workgroup; where some of them have a place
 * and others wait, they stay where they are. Whoever told no wish wished for where they are.
 */

/** Somebody who has a place, or waits for one. */
export interface Applicant {
  id: RegistrationId;
  /** Whose form brought this person along. */
  hostId: RegistrationId | null;
  registeredAt: Millis;
  workgroupId: WorkgroupId;
  state: 'confirmed' | 'waitlisted';
  firstChoiceId: WorkgroupId | null;
  secondChoiceId: WorkgroupId | null;
}

export interface WorkgroupCapacity {
  id: WorkgroupId;
  places: number;
}

/** What the office may decide of the assignment. */
export interface AssignmentRules {
  /** Whoever has a place is moved only where they wished to be more. */
  onlyGains: boolean;
  /** Who finds no place where they wished to be gets one in any other workgroup. */
  elsewhere: boolean;
}

/** Where somebody is then. */
export interface Outcome {
  applicant: Applicant;
  workgroupId: WorkgroupId;
  state: 'confirmed' | 'waitlisted';
}

export interface Assignment {
  /** In the order of registration, with everybody who registered together side by side. */
  outcomes: Outcome[];
  /** False where too many parties made it take too long to know that nothing is better in the first four points. */
  proven: boolean;
}

/**
 * Assigns all at once. It gives up its turn (`yield`) every few milliseconds, so that a server can do other things.
 *
 * @returns the best assignment, the same for the same people whatever their order
 */
export function* assignPlaces(
  applicants: readonly Applicant[],
  workgroups: readonly WorkgroupCapacity[],
  rules: AssignmentRules,
): Generator<void, Assignment> {
  const parties = yield* partiesOf(applicants, workgroups, rules);
  yield;
  const capacities = workgroups.map(({ id, places }) =>
    Math.max(places, applicants.filter((one) => one.state === 'confirmed' && one.workgroupId === id).length),
  );
  yield;
  const { settled, proven } = yield* settleParties(parties, capacities);
  const outcomes = yield* placePeople(settled, capacities, workgroups);
  return { outcomes, proven };
}

/** Runs to the end at once. */
export function finish<Result>(work: Generator<void, Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
