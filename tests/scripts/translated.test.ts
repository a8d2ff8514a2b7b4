import { expect, test } from 'vitest';
import { locales, readMessageFiles } from '../../scripts/message-files.ts';

/** Names and addresses, which are the same everywhere. */
const sameEverywhere = ['name@beispiel.de'];
/** From how many letters on two languages hardly ever say a thing with the same words. */
const LONG = 20;
/** Leichte Sprache is German: its short sentences may well be those of the others. */
const LONG_IN_SIMPLE_GERMAN = 60;

const files = readMessageFiles();

/** Every text of a language by its key, and by its case where it has several. */
function textsOf(locale: string): Map<string, string> {
  const messages: Record<string, unknown> = {};
  for (const file of files) if (file.locale === locale) Object.assign(messages, JSON.parse(file.json));
  delete messages.$schema;
  const texts = new Map<string, string>();
  for (const [key, message] of Object.entries(messages)) {
    if (typeof message === 'string') texts.set(key, message);
    for (const { match } of Array.isArray(message) ? (message as { match: Record<string, string> }[]) : [])
      for (const [form, text] of Object.entries(match)) texts.set(`${key} ${form}`, text);
  }
  return texts;
}

function letters(text: string): number {
  let own = text.replaceAll(/\{\w+\}/g, '');
  for (const name of sameEverywhere) own = own.replaceAll(name, '');
  return [...own.matchAll(/\p{L}/gu)].length;
}

const german = new Set(textsOf('de').values());

test.each(locales.filter((locale) => locale !== 'de'))('no text is left in German in %s', (locale) => {
  const long = locale === 'de-simple' ? LONG_IN_SIMPLE_GERMAN : LONG;
  const left = [...textsOf(locale)].filter(([, text]) => letters(text) >= long && german.has(text));
  expect(left).toEqual([]);
});
