import { describe, expect, test } from 'vitest';
import { findMessageProblems, readPlaceholders } from '../../scripts/messages.ts';

const file = (locale: string, messages: Record<string, unknown>, part = 'door') => ({
  locale,
  part,
  json: JSON.stringify(messages, null, 2),
});
const plural = (match: Record<string, string>) => [
  {
    declarations: ['input count', 'local countPlural = count: plural'],
    selectors: ['countPlural'],
    match,
  },
];
const inGermanAnd = (locale: string, german: unknown, other: unknown) =>
  findMessageProblems([file('de', { door_text: german }), file(locale, { door_text: other })], 'de');

describe('texts that agree', () => {
  test('the same keys and placeholders are no problem', () => {
    expect(inGermanAnd('en', 'Hallo {name}', 'Hello {name}')).toEqual([]);
  });

  test('the order of placeholders is free', () => {
    expect(inGermanAnd('en', '{count} von {total}', 'of {total}, {count}')).toEqual([]);
  });

  test('a language may need plural forms where another needs none', () => {
    expect(
      inGermanAnd(
        'en',
        '{count} Personen',
        plural({ 'countPlural=one': '{count} person', 'countPlural=*': '{count} people' }),
      ),
    ).toEqual([]);
  });
});

describe('texts that do not agree', () => {
  test.each<[what: string, german: unknown, english: unknown, problem: string]>([
    ['an empty text', 'Hallo', '  ', `en/door: 'door_text' is empty`],
    ['a lost placeholder', 'Hallo {name}', 'Hello', `en: 'door_text' lacks the placeholder {name}`],
    [
      'a renamed placeholder',
      'Hallo {name}',
      'Hello {nom}',
      `en: 'door_text' has the unknown placeholder {nom}`,
    ],
    [
      'a brace left open',
      'Hallo',
      'Hello {name',
      `en/door: 'door_text' has a brace without its partner: "Hello {name"`,
    ],
    [
      'no text at all',
      'Hallo',
      7,
      `en/door: 'door_text' is neither a text nor [{ declarations, selectors, match }]`,
    ],
    [
      'an empty variant',
      '{count} Leute',
      plural({ 'countPlural=one': '', 'countPlural=*': '{count} people' }),
      `en/door: 'door_text' is empty`,
    ],
  ])('%s is found', (_what, german, english, problem) => {
    expect(inGermanAnd('en', german, english)).toContain(problem);
  });

  test('a plural form that the language has is missed', () => {
    const two = plural({ 'countPlural=one': '{count} a', 'countPlural=other': '{count} b' });
    expect(inGermanAnd('uk', two, two)).toEqual([
      `uk/door: 'door_text' has no case 'countPlural=few' (nor 'countPlural=*')`,
      `uk/door: 'door_text' has no case 'countPlural=many' (nor 'countPlural=*')`,
    ]);
  });

  test('missing and unknown keys are found', () => {
    expect(
      findMessageProblems([file('de', { door_in: 'Rein' }), file('en', { door_out: 'Out' })], 'de'),
    ).toEqual([`en: 'door_in' is missing`, `en: 'door_out' is unknown in de`]);
  });

  test('a key that stands twice is found', () => {
    const json = '{\n  "door_in": "Rein",\n  "door_in": "Herein"\n}';
    expect(findMessageProblems([{ locale: 'de', part: 'door', json }], 'de')).toEqual([
      `de/door: 'door_in' stands twice`,
    ]);
  });

  test('a key that stands in two files is found', () => {
    const files = [file('de', { door_in: 'Rein' }), file('de', { door_in: 'Herein' }, 'office')];
    expect(findMessageProblems(files, 'de')).toEqual([`de/office: 'door_in' stands in another file too`]);
  });

  test('a key without its part of the app is refused', () => {
    expect(findMessageProblems([file('de', { Welcome: 'Hallo' })], 'de')).toEqual([
      expect.stringContaining(`'Welcome' is not named like`),
    ]);
  });

  test('a file that is not JSON is one problem, not a crash', () => {
    expect(findMessageProblems([{ locale: 'de', part: 'door', json: '{' }], 'de')).toEqual([
      expect.stringMatching(/^de\/door: not JSON/),
    ]);
  });
});

test('a brace behind a backslash is no placeholder', () => {
  expect(readPlaceholders('a \\{b\\} {c}')).toEqual({ names: ['c'], balanced: true });
});
