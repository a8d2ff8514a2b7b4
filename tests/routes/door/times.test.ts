import { expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../../src/lib/domain/time.ts';
import { timeAgo } from '../../../src/routes/door/times.ts';

test.each([
  [0, null],
  [MINUTE - 1, null],
  [MINUTE, 'vor 1 Min.'],
  [HOUR - 1, 'vor 59 Min.'],
  [HOUR, 'vor 1 Std.'],
  [3 * HOUR + 59 * MINUTE, 'vor 3 Std.'],
])('%d milliseconds are %s', (duration, words) => {
  expect(timeAgo(duration)).toBe(words);
});
