import { describe, expect, test } from 'vitest';
import type { Scan } from '../../../src/lib/domain/scan.ts';
import { REFUSALS, type Verdict } from '../../../src/lib/domain/verdict.ts';
import { screenWord, signalFor, type ScreenWord } from '../../../src/routes/door/screen-word.ts';
import { aScan } from '../../domain/support.ts';

const override = { by: 'Frau Demir', why: 'vom Büro erlaubt' };
const refused: Verdict = { word: 'invalid', registration: null, workgroup: null };
const shown = (values: Partial<Scan>) =>
  ({ kind: 'shown', verdict: refused, scan: { ...aScan({ ticket: 'A' }), ...values } }) as const;

test('the screen says what the verdict is, unless the staff have decided otherwise', () => {
  expect(screenWord(shown({}))).toBe('invalid');
  expect(screenWord(shown({ override }))).toBe('let_in');
  expect(screenWord(shown({ override, direction: 'exit' }))).toBe('let_out');
  expect(screenWord({ kind: 'undone', target: aScan({ ticket: 'A' }) })).toBe('undone');
  expect(screenWord({ kind: 'not_stored' })).toBe('not_stored');
});

describe('the sound', () => {
  test.each<[ScreenWord, string]>([
    ['admitted', 'admitted'],
    ['let_in', 'admitted'],
    ['left', 'left'],
    ['let_out', 'left'],
    ['already_inside', 'already_inside'],
    ['not_stored', 'not_stored'],
    ['undone', 'undone'],
  ])('of %s is that of %s', (word, signal) => {
    expect(signalFor(word)).toBe(signal);
  });

  test.each(REFUSALS.filter((word) => word !== 'already_inside'))('of %s is the refusal', (word) => {
    expect(signalFor(word)).toBe('refused');
  });
});
