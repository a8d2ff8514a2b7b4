import { readFileSync } from 'node:fs';
import doorSettings from '../door.inlang/settings.json' with { type: 'json' };
import settings from '../project.inlang/settings.json' with { type: 'json' };
import type { MessageFile } from './messages.ts';

export const { baseLocale, locales } = settings;

const languagesDiffer = String(doorSettings.locales) !== String(locales);
if (languagesDiffer) throw new Error('door.inlang and project.inlang must name the same languages.');

const patterns = [settings, doorSettings].flatMap(
  (project) => project['plugin.inlang.messageFormat'].pathPattern,
);

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
