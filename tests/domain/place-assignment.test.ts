import { describe, expect, test } from 'vitest';
import type { RegistrationId, WorkgroupId } from '../../src/lib/domain/ids.ts';
import { assignPlaces, finish, type Applicant } from '../../src/lib/domain/place-assignment.ts';
import { movesOf, placedOf, placeFigures } from '../../src/lib/domain/place-figures.ts';
import { millis } from '../../src/lib/domain/time.ts';

const [A, B, C] = ['a', 'b', 'c'] as WorkgroupId[] as [WorkgroupId, WorkgroupId, WorkgroupId];
const AS_WISHED = { onlyGains: false, elsewhere: false };

let number = 0;
function somebody(
  state: Applicant['state'],
  workgroupId: WorkgroupId,
  wishes: WorkgroupId[] = [],
  hostId: RegistrationId | null = null,
): Applicant {
  number += 1;
  const [firstChoiceId = null, secondChoiceId = null] = wishes;
  const id = `r${String(number).padStart(4, '0')}` as RegistrationId;
  return { id, hostId, registeredAt: millis(number), workgroupId, state, firstChoiceId, secondChoiceId };
}
const has = (workgroupId: WorkgroupId, ...wishes: WorkgroupId[]) =>
  somebody('confirmed', workgroupId, wishes);
const waits = (workgroupId: WorkgroupId, ...wishes: WorkgroupId[]) =>
  somebody('waitlisted', workgroupId, wishes);

const places = (a: number, b: number, c = 0) => [
  { id: A, places: a },
  { id: B, places: b },
  { id: C, places: c },
];

/** Where each of these people has a place then; null for waiting. */
function assigned(applicants: Applicant[], workgroups = places(1, 1), rules = AS_WISHED) {
  const { outcomes } = finish(assignPlaces(applicants, workgroups, rules));
  const byId = new Map(outcomes.map((outcome) => [outcome.applicant.id, outcome]));
  return applicants.map(({ id }) => {
    const { state, workgroupId } = byId.get(id)!;
    return state === 'confirmed' ? workgroupId : null;
  });
}

describe('who already has a place', () => {
  test('makes room for others only where all find a place by it', () => {
    expect(assigned([has(A, A, B), waits(A, A)])).toEqual([B, A]);
    expect(assigned([has(A, A, B), waits(A, A, B)])).toEqual([A, B]);
    expect(assigned([has(A, A), waits(A, A)])).toEqual([A, null]);
  });

  test('makes no room where the office wants it so, but still gains', () => {
    const rules = { ...AS_WISHED, onlyGains: true };
    expect(assigned([has(A, A, B), waits(A, A)], places(1, 1), rules)).toEqual([A, null]);
    expect(assigned([has(B, A, B)], places(1, 1), rules)).toEqual([A]);
  });

  test('stays where they did not wish to be rather than be without', () => {
    expect(assigned([has(C, A, B), has(A, A), has(B, B)])).toEqual([C, A, B]);
  });

  test('and told no wish stays', () => {
    expect(assigned([has(A), waits(A, A)], places(1, 5))).toEqual([A, null]);
  });

  test('keeps a place that the office gave beyond those there are', () => {
    expect(assigned([has(A, A), has(A, A), waits(A, A)], places(1, 0))).toEqual([A, A, null]);
  });
});

describe('who waits', () => {
  test('gets a place where nobody wished to be only where the office wants it so', () => {
    expect(assigned([has(A, A), waits(A, A)], places(1, 0, 1))).toEqual([A, null]);
    expect(assigned([has(A, A), waits(A, A)], places(1, 0, 1), { ...AS_WISHED, elsewhere: true })).toEqual([
      A,
      C,
    ]);
  });

  test('longer gets what another has to do without', () => {
    expect(assigned([waits(A, A), waits(A, A)])).toEqual([A, null]);
    expect(assigned([waits(A, A, B), waits(A, A, B)])).toEqual([A, B]);
    // Of different wishes, too, and although a first choice more would do as well.
    expect(assigned([waits(B, B), waits(B, A, B), waits(A, A)])).toEqual([B, A, null]);
  });

  test('for a workgroup that is no more has their second choice for the first', () => {
    expect(assigned([waits(A, 'gone' as WorkgroupId, A), waits(A, B, A)])).toEqual([A, B]);
  });
});

describe('people who registered together', () => {
  const family = (
    size: number,
    state: Applicant['state'],
    workgroupId: WorkgroupId,
    wishes: WorkgroupId[],
  ) => {
    const host = somebody(state, workgroupId, wishes);
    const others = Array.from({ length: size - 1 }, () => somebody(state, workgroupId, wishes, host.id));
    return [host, ...others];
  };

  test('are not torn apart for one first choice more', () => {
    expect(assigned(family(3, 'confirmed', B, [A, B]), places(2, 3))).toEqual([B, B, B]);
    expect(assigned(family(3, 'confirmed', B, [A, B]), places(3, 3))).toEqual([A, A, A]);
  });

  test('go where there is a place for more of them', () => {
    expect(assigned(family(3, 'waitlisted', A, [A, B]), places(2, 3))).toEqual([B, B, B]);
    expect(assigned(family(3, 'waitlisted', A, [A, B]), places(2, 1))).toEqual([A, A, null]);
  });

  test('wait together, too', () => {
    const { outcomes } = finish(assignPlaces(family(3, 'waitlisted', A, [A, B]), places(0, 2), AS_WISHED));
    expect(outcomes.map(({ state, workgroupId }) => [state, workgroupId])).toEqual([
      ['confirmed', B],
      ['confirmed', B],
      ['waitlisted', B],
    ]);
    expect(movesOf(outcomes, places(0, 2)).map(({ kind }) => kind)).toEqual([
      'placed',
      'placed',
      'waits_elsewhere',
    ]);
  });

  test('stay where some of them have a place already', () => {
    const [host, other] = family(2, 'confirmed', A, [A, B]);
    expect(assigned([host!, { ...other!, state: 'waitlisted' }], places(1, 5))).toEqual([A, null]);
  });

  test('fill a hundred tight workgroups at once without being torn', () => {
    const workgroups = Array.from({ length: 100 }, (_, i) => ({ id: `w${i}` as WorkgroupId, places: 5 }));
    const people = Array.from({ length: 150 }, (_, i) =>
      family(2 + (i % 3), 'waitlisted', workgroups[i % 100]!.id, [
        workgroups[i % 100]!.id,
        workgroups[(i * 7) % 100]!.id,
      ]),
    ).flat();
    const { outcomes } = finish(assignPlaces(people, workgroups, AS_WISHED));
    const byHost = Map.groupBy(outcomes, ({ applicant }) => applicant.hostId ?? applicant.id);
    for (const party of byHost.values())
      expect(new Set(party.map(({ workgroupId }) => workgroupId)).size).toBe(1);
  });
});

test('the figures tell who has what they wished for, before and after', () => {
  const people = [has(A, A, B), waits(A, A), has(C, B)];
  const workgroups = places(1, 2, 1);
  const { outcomes } = finish(assignPlaces(people, workgroups, AS_WISHED));
  const figures = placeFigures(outcomes, workgroups);
  expect(figures.now).toEqual({ first: 1, second: 0, elsewhere: 1, waiting: 1 });
  expect(figures.then).toEqual({ first: 2, second: 1, elsewhere: 0, waiting: 0 });
  expect(placedOf(figures.then)).toBe(3);
  expect(figures.workgroups[0]).toEqual({
    id: A,
    places: 1,
    now: { first: 1, second: 0, elsewhere: 0, waiting: 1 },
    then: { first: 1, second: 0, elsewhere: 0, waiting: 0 },
  });
  expect(movesOf(outcomes, workgroups).map(({ applicant, kind }) => [applicant.id, kind])).toEqual([
    [people[0]!.id, 'worse'],
    [people[1]!.id, 'placed'],
    [people[2]!.id, 'better'],
  ]);
});
