import { readFileSync } from 'node:fs';
import settings from '../project.inlang/settings.json' with { type: 'json' };
import type { MessageFile } from './messages.ts';

export const { baseLocale, locales } = settings;

const patterns = settings['plugin.inlang.messageFormat'].pathPattern;

/** Every file of texts: each language has one for each part of the app. @throws when one is missing */
export function readMessageFiles(): MessageFile[] {
  return locales.flatMap((locale) =>
    patterns.map((pattern) => {
      const file = pattern.replace('{locale}', locale);
      const part = /(\w+)\.json$/.exec(file)![1]!;
      return { locale, part, json: readFileSync(new URL(`../${file}`, import.meta.url), 'utf8') };
    }),
  );
}
