import * as v from 'valibot';
import { AFFILIATIONS, INTERPRETING_LANGUAGES, type AccessNeeds, type Affiliation } from './access-needs.ts';
import { protectCount, protectParts, ShownCountSchema } from './small-numbers.ts';

const parts = v.array(v.object({ key: v.string(), count: ShownCountSchema }));

/**
 * What people said of themselves when they registered, as counts in which nobody can be recognised. It is kept when the
 * answers themselves are erased.
 */
export const SurveySchema = v.object({
  /** How many had a place, and so were counted. */
  of: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** By affiliation; `none` is who did not say. */
  affiliations: parts,
  /** By the form's language. */
  languages: parts,
  needs: v.object({
    wheelchair: ShownCountSchema,
    signLanguage: ShownCountSchema,
    interpreting: ShownCountSchema,
    other: ShownCountSchema,
  }),
  /** Of those who need interpreting, by language. */
  interpreting: parts,
});
export type Survey = v.InferOutput<typeof SurveySchema>;

/** What somebody said of themselves. */
export interface Answers {
  affiliation: Affiliation | null;
  locale: string;
  needs: AccessNeeds;
}

/** Counts the answers. @param locales - in which there are forms */
export function surveyOf(answers: readonly Answers[], locales: readonly string[]): Survey {
  const count = (holds: (answer: Answers) => boolean) => answers.filter(holds).length;
  const protect = (keys: readonly string[], keyOf: (answer: Answers) => string | null) => {
    const counts = new Map(keys.map((key) => [key, 0]));
    for (const answer of answers) {
      const key = keyOf(answer);
      // What is in no list is not kept: it could be anything.
      const known = key === null ? undefined : counts.get(key);
      if (known !== undefined) counts.set(key!, known + 1);
    }
    return protectParts([...counts]).map(([key, count]) => ({ key, count }));
  };
  return {
    of: answers.length,
    affiliations: protect([...AFFILIATIONS, 'none'], ({ affiliation }) => affiliation ?? 'none'),
    languages: protect(locales, ({ locale }) => locale),
    needs: {
      wheelchair: protectCount(count(({ needs }) => needs.wheelchair)),
      signLanguage: protectCount(count(({ needs }) => needs.signLanguage)),
      interpreting: protectCount(count(({ needs }) => needs.interpreting !== null)),
      other: protectCount(count(({ needs }) => needs.other !== '')),
    },
    interpreting: protect(INTERPRETING_LANGUAGES, ({ needs }) => needs.interpreting),
  };
}
