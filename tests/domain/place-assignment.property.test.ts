import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import {
  assignPlaces,
  finish,
  type Applicant,
  type AssignmentRules,
  type Outcome,
  type WorkgroupCapacity,
} from '../../src/lib/domain/place-assignment.ts';
import { millis } from '../../src/lib/domain/time.ts';

/**
 * Small events, assigned by trying everything. What is promised and what is best stands here a second time, in the
 * words of `assignPlaces` and person by person, so that the two can be held against each other.
 */

const IDS = ['w1', 'w2', 'w3'] as WorkgroupId[];
const workgroup = fc.constantFrom(...IDS);

interface Situation {
  applicants: Applicant[];
  workgroups: WorkgroupCapacity[];
  rules: AssignmentRules;
}

/** @param biggest - of how many people a party is at the most */
function situations(biggest: number, mostParties: number): fc.Arbitrary<Situation> {
  const party = fc.record({
    size: fc.integer({ min: 1, max: biggest }),
    workgroupId: workgroup,
    firstChoiceId: fc.option(fc.constantFrom(...IDS, 'gone' as WorkgroupId), { freq: 5 }),
    secondChoiceId: fc.option(workgroup, { freq: 3 }),
    waits: fc.array(fc.boolean(), { minLength: biggest, maxLength: biggest }),
    alike: fc.boolean(),
    registeredAt: fc.integer({ min: 0, max: 3 }),
  });
  return fc.record({
    applicants: fc.array(party, { maxLength: mostParties }).map((parties) =>
      parties.flatMap(({ size, waits, alike, registeredAt, ...choices }, index): Applicant[] =>
        Array.from({ length: size }, (_, member) => ({
          ...choices,
          id: `${index}-${member}` as RegistrationId,
          hostId: member === 0 ? null : (`${index}-0` as RegistrationId),
          registeredAt: millis(registeredAt),
          state: waits[alike ? 0 : member]! ? 'waitlisted' : 'confirmed',
        })),
      ),
    ),
    workgroups: fc
      .array(fc.integer({ min: 0, max: 3 }), { minLength: IDS.length, maxLength: IDS.length })
      .map((places) => places.map((count, index) => ({ id: IDS[index]!, places: count }))),
    rules: fc.record({ onlyGains: fc.boolean(), elsewhere: fc.boolean() }),
  });
}

/** Null for waiting. */
type Places = (WorkgroupId | null)[];

const choicesOf = (one: Applicant): WorkgroupId[] => {
  const known = [one.firstChoiceId, one.secondChoiceId].filter((id) => id !== null && IDS.includes(id));
  return known.length > 0 ? [...new Set(known as WorkgroupId[])] : [one.workgroupId];
};

/** What somebody can get, the best first. */
function optionsOf(one: Applicant, rules: AssignmentRules, mayMove: boolean): Places {
  const choices = choicesOf(one);
  if (one.state === 'confirmed') {
    if (!mayMove) return [one.workgroupId];
    const all = [...new Set([...choices, one.workgroupId])];
    return rules.onlyGains ? all.slice(0, all.indexOf(one.workgroupId) + 1) : all;
  }
  if (!mayMove) return [one.workgroupId, null];
  return [...new Set([...choices, one.workgroupId, ...(rules.elsewhere ? IDS : [])]), null];
}

const partyOf = (one: Applicant): string =>
  [one.hostId ?? one.id, one.workgroupId, one.firstChoiceId, one.secondChoiceId].join();

/** Those who stay together, in the order in which they registered; people alone are such a party, too. */
function partiesOf(applicants: readonly Applicant[]): Applicant[][] {
  const inOrder = [...applicants].sort((a, b) => a.registeredAt - b.registeredAt || (a.id < b.id ? -1 : 1));
  return [...Map.groupBy(inOrder, partyOf).values()];
}

/** Every assignment that keeps what is promised, for people in this order. */
function* allowed(people: readonly Applicant[], { workgroups, rules }: Situation): Generator<Places> {
  const groups = Map.groupBy(people, partyOf);
  const isMixed = (one: Applicant) => new Set(groups.get(partyOf(one))!.map(({ state }) => state)).size > 1;
  const free = new Map(
    workgroups.map(({ id, places }) => [
      id,
      Math.max(places, people.filter((one) => one.state === 'confirmed' && one.workgroupId === id).length),
    ]),
  );
  const options = people.map((one) => optionsOf(one, rules, !isMixed(one)));
  const places: Places = [];
  function* place(index: number): Generator<Places> {
    if (index === people.length) {
      yield [...places];
      return;
    }
    const before = people.flatMap((one, i) =>
      i < index && partyOf(one) === partyOf(people[index]!) ? (places[i] ?? []) : [],
    );
    for (const option of options[index]!) {
      if (option !== null && (free.get(option) === 0 || (before.length > 0 && before[0] !== option)))
        continue;
      places[index] = option;
      if (option !== null) free.set(option, free.get(option)! - 1);
      yield* place(index + 1);
      if (option !== null) free.set(option, free.get(option)! + 1);
    }
  }
  yield* place(0);
}

/** How good it is, the weightiest first. */
function valueOf(people: readonly Applicant[], places: Places): number[] {
  const count = (counts: (one: Applicant, place: WorkgroupId) => boolean): number =>
    people.filter((one, index) => places[index] && counts(one, places[index])).length;
  return [
    count(() => true),
    count((one, place) => choicesOf(one)[0] === place),
    count((one, place) => choicesOf(one)[1] === place),
    0 - count((one, place) => one.state === 'confirmed' && one.workgroupId !== place),
  ];
}

/** How well each is off, in the order of registration. */
const ranksOf = (people: readonly Applicant[], places: Places, rules: AssignmentRules): number[] =>
  people.map((one, index) => 0 - optionsOf(one, rules, true).indexOf(places[index]!));

function isBetter(a: readonly number[], b: readonly number[]): boolean {
  const index = a.findIndex((figure, i) => figure !== b[i]);
  return index !== -1 && a[index]! > b[index]!;
}

function best(situation: Situation, isCandidate: (places: Places) => boolean = () => true): number[][] {
  const people = partiesOf(situation.applicants).flat();
  let found: { key: number[]; places: Places } | null = null;
  for (const places of allowed(people, situation)) {
    if (!isCandidate(places)) continue;
    const key = [...valueOf(people, places), ...ranksOf(people, places, situation.rules)];
    if (!found || isBetter(key, found.key)) found = { key, places };
  }
  return [found!.key.slice(0, 4), found!.key.slice(4)];
}

const assign = ({ applicants, workgroups, rules }: Situation) =>
  finish(assignPlaces(applicants, workgroups, rules));

const placesOf = (outcomes: readonly Outcome[]): Places =>
  outcomes.map(({ state, workgroupId }) => (state === 'confirmed' ? workgroupId : null));

test('people alone get the best of all assignments in every point, down to who registered first', () => {
  fc.assert(
    fc.property(situations(1, 6), (situation) => {
      const { outcomes, proven } = assign(situation);
      const people = partiesOf(situation.applicants).flat();
      expect(outcomes.map(({ applicant }) => applicant)).toEqual(people);
      const places = placesOf(outcomes);
      const found = [valueOf(people, places), ranksOf(people, places, situation.rules)];
      expect(found).toEqual(best(situation));
      expect(proven).toBe(true);
    }),
    { numRuns: 1_500 },
  );
});

test('with parties nothing is better either, nobody is torn away from theirs, and the order holds among the others', () => {
  fc.assert(
    fc.property(situations(3, 4), (situation) => {
      const { outcomes, proven } = assign(situation);
      expect(proven).toBe(true);
      const parties = partiesOf(situation.applicants);
      const people = parties.flat();
      expect(outcomes.map(({ applicant }) => applicant)).toEqual(people);
      const places = placesOf(outcomes);
      const found = [valueOf(people, places), ranksOf(people, places, situation.rules)];
      expect([...allowed(people, situation)]).toContainEqual(places);
      expect(found[0]).toEqual(best(situation)[0]);
      // Where parties have a place, that is where they go; whether it is fair to the others is asked with that given.
      const isAlone = (one: Applicant) =>
        people.filter((other) => partyOf(other) === partyOf(one)).length === 1;
      const [, ranks] = best(situation, (other) =>
        people.every((one, index) => isAlone(one) || other[index] === places[index]),
      );
      expect(found[1]).toEqual(ranks);
    }),
    { numRuns: 1_000 },
  );
});

test('whoever waits moves to another waiting list only with their party', () => {
  fc.assert(
    fc.property(situations(3, 4), (situation) => {
      const { outcomes } = assign(situation);
      for (const { applicant, state, workgroupId } of outcomes) {
        if (state === 'confirmed' || workgroupId === applicant.workgroupId) continue;
        const others = outcomes.filter((other) => partyOf(other.applicant) === partyOf(applicant));
        expect(others.some((other) => other.state === 'confirmed')).toBe(true);
        expect(new Set(others.map((other) => other.workgroupId)).size).toBe(1);
      }
    }),
  );
});

test('the order in which people are handed in makes no difference', () => {
  const shuffled = situations(3, 4).chain((situation) =>
    fc.tuple(
      fc.constant(situation),
      fc.shuffledSubarray(situation.applicants, { minLength: situation.applicants.length }),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([situation, applicants]) => {
      expect(assign({ ...situation, applicants })).toEqual(assign(situation));
    }),
  );
});

test('what has been assigned is not assigned otherwise: nobody is moved twice', () => {
  fc.assert(
    fc.property(situations(1, 6), (situation) => {
      const { outcomes } = assign(situation);
      const applicants = outcomes.map(({ applicant, workgroupId, state }) => ({
        ...applicant,
        // Whoever told no wish wished for where they were.
        firstChoiceId: choicesOf(applicant)[0]!,
        secondChoiceId: choicesOf(applicant)[1] ?? null,
        workgroupId,
        state,
      }));
      const again = assign({ ...situation, applicants }).outcomes;
      expect(placesOf(again)).toEqual(placesOf(outcomes));
    }),
  );
});
