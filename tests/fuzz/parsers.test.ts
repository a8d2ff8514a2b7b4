import { expect, test } from 'vitest';
import { findEndpoints } from './route-list.ts';
import { fuzzParser, PARSERS } from './parsers.ts';
import { endpointsToFuzz } from './run-server.ts';
import { OFFICE_RULES } from '../../src/lib/server/office-rules.ts';

/** Another one each day would make a red test of somebody else's change: the nightly run has those. */
const SEED = 20_261_128;

test.each(Object.keys(PARSERS))('nothing that is read as %s breaks the reader', async (name) => {
  expect(await fuzzParser(name, 40, SEED)).toBeNull();
});

test('the fuzzer leaves no route out, and knows every action of the office', () => {
  expect(() => endpointsToFuzz()).not.toThrow();
  const found = new Set(findEndpoints().map(({ id }) => id));
  for (const [route, rules] of Object.entries(OFFICE_RULES))
    for (const offer of Object.keys(rules)) {
      const isAction = offer !== offer.toUpperCase();
      const id = isAction ? `POST ${route}${offer === 'default' ? '' : ` ?/${offer}`}` : `${offer} ${route}`;
      if (route !== '/office/sign-out' || offer !== 'GET') expect(found).toContain(id);
    }
});
