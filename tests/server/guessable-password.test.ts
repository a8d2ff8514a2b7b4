import { describe, expect, test } from 'vitest';
import { isGuessable } from '../../src/lib/server/guessable-password.ts';

const KNOWN = ['Frank Mertens', 'frank.mertens@stadt-musterstadt.example', 'Stadt Musterstadt'];

describe('a password is refused', () => {
  test.each([
    'password1234',
    'Passwort2026!',
    'P@ssw0rd!P@ssw0rd!',
    'Willkommen123',
    'Sommer2026!!',
    'qwertzuiop12',
    'qwertyuiop[]',
    'asdfghjkl1234',
    '123456789012',
    '1q1q1q1q1q1q',
    'aaaaaaaaaaaa',
    'abcdefghijkl',
    'iloveyou1234',
    'IchLiebeDich1',
    'hundkatzehundkatze',
    'kochamcie123',
    'adminadmin123',
  ])('that most people would take: %s', (password) => {
    expect(isGuessable(password, KNOWN)).toBe(true);
  });

  test.each([
    'Einlass2026!',
    'einlass-ticket',
    'Stadthalle-2026',
    'Mertens-1975!',
    'musterstadt2026',
    'Frank.Mertens',
  ])('that says what it is for or whose it is: %s', (password) => {
    expect(isGuessable(password, KNOWN)).toBe(true);
  });
});

describe('a password is taken', () => {
  test.each([
    'vier lange Worte hier',
    'long enough, surely',
    'correct horse battery staple',
    'Mertens trinkt gern Pfefferminztee',
    'x8Kq-tw2Zp-93vh',
    '8472-1956-kfzr',
    '839201746582',
    '§=?+*~<>{}°^',
    'чай з м’ятою вранці',
    'شاي بالنعناع صباحا',
  ])('that nobody tries first: %s', (password) => {
    expect(isGuessable(password, KNOWN)).toBe(false);
  });

  test('with another one’s name', () => {
    expect(isGuessable('Pfefferminz26', KNOWN)).toBe(false);
    expect(isGuessable('Pfefferminz26', ['Petra Pfefferminz'])).toBe(true);
  });
});
