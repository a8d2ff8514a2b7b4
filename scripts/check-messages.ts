import { existsSync, readdirSync, readFileSync } from 'node:fs';
import settings from '../project.inlang/settings.json' with { type: 'json' };
import { findMessageProblems } from './messages.ts';

const folder = new URL('../src/lib/i18n/messages/', import.meta.url);
const problems: string[] = [];

const files = settings.locales.flatMap((locale) => {
  const file = new URL(`${locale}.json`, folder);
  if (existsSync(file)) return [{ locale, json: readFileSync(file, 'utf8') }];
  problems.push(`${locale}: the language has no file in src/lib/i18n/messages`);
  return [];
});
for (const name of readdirSync(folder))
  if (!settings.locales.includes(name.replace(/\.json$/, '')))
    problems.push(`${name}: no such language in project.inlang/settings.json`);
problems.push(...findMessageProblems(files, settings.baseLocale));

if (problems.length > 0) {
  console.error(`The texts do not agree:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  process.exitCode = 1;
} else {
  console.log(`The texts agree in ${files.length} languages.`);
}
