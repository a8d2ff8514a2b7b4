import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { AT_LEAST, written } from './report.ts';
import { LATEST, type DatedRow, type Results } from './results.ts';

const README = 'README.md';
const BEGIN = '<!-- bench: begin -->';
const END = '<!-- bench: end -->';

/**
 * Writes the table of the last results into the README, between its two marks.
 *
 * @throws with a sentence when there are no results, or no marks
 */
export async function writeReadme(): Promise<void> {
  const results = JSON.parse(readFileSync(LATEST, 'utf8')) as Results;
  const readme = replaceBetween(readFileSync(README, 'utf8'), tableOf(results));
  writeFileSync(README, await format(readme, { ...(await resolveConfig(README)), filepath: README }));
}

/** @throws with a sentence when the text has not both marks */
export function replaceBetween(text: string, table: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${README} needs the marks ${BEGIN} and ${END}`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${text.slice(end)}`;
}

/** Ratios first, because they say the same on every machine; then part by part. */
export function tableOf({ machine, versions, rows }: Results): string {
  const ratios = rows.filter(({ unit }) => unit === '×');
  const figures = rows.filter(({ unit }) => unit !== '×');
  const days = rows.map(({ at }) => at.slice(0, 10)).sort();
  const from = days[0] === days.at(-1) ? days[0] : `${days[0]} to ${days.at(-1)}`;
  const load = Math.max(...rows.map(({ loadBefore }) => loadBefore));
  const software = Object.entries(versions).map(
    ([name, version]) => `${NAMES[name] ?? name} ${version.replace(/^v/, '')}`,
  );
  return [
    `Measured ${from} on one machine: ${machine.model}, ${machine.processors} processors, ${machine.memoryGiB} GiB, ${machine.platform}; ${software.join(', ')}. Others kept up to ${load.toFixed(1)} processors busy when a part began.`,
    '',
    '| part | what | measured | aim | beside |',
    '| --- | --- | ---: | ---: | --- |',
    ...[...ratios, ...figures].map(lineOf),
  ].join('\n');
}

const NAMES: Record<string, string> = {
  node: 'Node',
  chromium: 'Chromium',
  sqlite: 'SQLite',
  postgresql: 'PostgreSQL',
};

function lineOf({ part, name, figure, unit, aim, met, beside }: DatedRow): string {
  const wanted =
    aim === undefined
      ? ''
      : `${AT_LEAST.has(unit) ? '≥' : '≤'} ${written(aim, unit)}${met ? '' : ', **not met**'}`;
  const cells = [part, name, written(figure, unit), wanted];
  cells.push(beside ? `${written(beside.figure, unit)} ${beside.what}` : '');
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
