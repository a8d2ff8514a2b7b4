import { describe, expect, test } from 'vitest';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import { surveyOf, type Answers } from '../../src/lib/domain/survey.ts';

const answers = (count: number, values: Partial<Answers> = {}): Answers[] =>
  Array.from({ length: count }, () => ({ affiliation: null, locale: 'de', needs: NO_NEEDS, ...values }));
const countOf = (parts: { key: string; count: unknown }[], key: string) =>
  parts.find((part) => part.key === key)?.count;

describe('what people said of themselves', () => {
  const survey = surveyOf(
    [
      ...answers(20, { affiliation: 'school' }),
      ...answers(6, { affiliation: 'company', locale: 'tr' }),
      ...answers(2, { affiliation: 'politics', locale: 'ar', needs: { ...NO_NEEDS, wheelchair: true } }),
      ...answers(5, { needs: { ...NO_NEEDS, interpreting: 'fa' } }),
      ...answers(1, { needs: { ...NO_NEEDS, interpreting: 'ku', other: 'Platz am Rand' } }),
    ],
    ['de', 'tr', 'ar', 'en'],
  );

  test('is counted where there are enough of a kind, and nobody is left out for being alone', () => {
    expect(survey.of).toBe(34);
    expect(countOf(survey.affiliations, 'school')).toBe(20);
    expect(countOf(survey.affiliations, 'none')).toBe(6);
    expect(countOf(survey.affiliations, 'politics')).toBe('few');
    expect(countOf(survey.affiliations, 'congregation')).toBe('few');
    expect(countOf(survey.languages, 'tr')).toBe(6);
    expect([countOf(survey.languages, 'ar'), countOf(survey.languages, 'en')]).toEqual(['few', 'few']);
  });

  test('needs are counted, and the language of interpreting where enough need the same', () => {
    expect(survey.needs).toEqual({ wheelchair: 'few', signLanguage: 'few', interpreting: 6, other: 'few' });
    expect(countOf(survey.interpreting, 'fa')).toBe(5);
    expect(countOf(survey.interpreting, 'ku')).toBe('few');
  });
});
