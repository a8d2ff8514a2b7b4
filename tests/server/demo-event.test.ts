import { expect, test } from 'vitest';
import { millis } from '../../src/lib/domain/time.ts';
import { locales } from '../../src/lib/i18n/index.ts';
import { demoEvent } from '../../src/lib/server/demo-event.ts';

/** All texts in any language within a value, each with the place where it stands. */
function localizedTexts(value: unknown, path = ''): [string, Record<string, string>][] {
  if (typeof value !== 'object' || value === null) return [];
  if ('de' in value) return [[path, value as Record<string, string>]];
  return Object.entries(value).flatMap(([key, part]) => localizedTexts(part, `${path}/${key}`));
}

const texts = localizedTexts(demoEvent(millis(Date.UTC(2022, 10, 8))));

test('the demo event speaks every language of the public pages', () => {
  expect(texts.length).toBeGreaterThan(30);
  for (const [path, text] of texts)
    for (const locale of locales) expect(text[locale], `${path} in ${locale}`).toMatch(/\S/);
});

test('the demo event names the same facts in every language', () => {
  for (const [path, text] of texts)
    for (const locale of locales)
      for (const fact of text.de!.match(/\d+|Martin Noack|Bertelsmann Stiftung/g) ?? [])
        expect(text[locale], `${path} in ${locale}`).toContain(fact);
});
