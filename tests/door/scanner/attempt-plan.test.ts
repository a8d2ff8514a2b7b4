import { expect, test } from 'vitest';
import { planAttempt } from '../../../src/lib/door/scanner/reading/attempt-plan.ts';

test('the first frame is tried in the quickest way alone', () => {
  expect(planAttempt(0)).toEqual({ general: 'whole', search: false });
});

test('every kind of attempt comes within four frames, and comes again', () => {
  const plans = [0, 1, 2, 3].map(planAttempt);
  expect(plans.some(({ search }) => search)).toBe(true);
  expect(plans.map(({ general }) => general)).toEqual(expect.arrayContaining(['whole', 'half']));
  expect([4, 5, 6, 7].map(planAttempt)).toEqual(plans);
});

test('no frame is given both the search and the whole picture', () => {
  for (let unread = 0; unread < 8; unread += 1) {
    const { general, search } = planAttempt(unread);
    expect(search && general === 'whole').toBe(false);
  }
});
