import { baseLocale, locales, readMessageFiles } from './message-files.ts';
import { findMessageProblems } from './messages.ts';

const problems = findMessageProblems(readMessageFiles(), baseLocale);

if (problems.length > 0) {
  console.error(`The texts do not agree:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  process.exitCode = 1;
} else {
  console.log(`The texts agree in ${locales.length} languages.`);
}
