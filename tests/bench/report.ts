import { styleText } from 'node:util';

export type Unit = 'µs' | 'ms' | 's' | 'kB' | 'MB' | 'kB/s' | '/s' | '×' | 'read' | 'wrong';

/** Of these the more the better. */
export const AT_LEAST: ReadonlySet<Unit> = new Set(['kB/s', '/s', '×', 'read']);

/** One measured figure. */
export interface Row {
  part: string;
  name: string;
  figure: number;
  unit: Unit;
  /** What the house wants: at most this much, or at least where more is better. */
  aim?: number;
  /** What the machine itself, or the nearest peer, does at the same: measured beside it where it can be. */
  beside?: { what: string; figure: number };
}

export function isMet({ unit, figure, aim }: Row): boolean | null {
  if (aim === undefined) return null;
  return AT_LEAST.has(unit) ? figure >= aim : figure <= aim;
}

export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
}

/** By nearest rank: every percentile is a time that was really measured. */
export function percentiles(times: number[]): Percentiles {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

export function median(times: number[]): number {
  return percentiles(times).p50;
}

export function printTable(rows: Row[]): void {
  const head = ['', 'measured', 'aim', 'met', 'beside'];
  const lines = rows.map((row) => [
    `${row.part}: ${row.name}`,
    written(row.figure, row.unit),
    row.aim === undefined ? '' : `${AT_LEAST.has(row.unit) ? '≥' : '≤'} ${written(row.aim, row.unit)}`,
    { true: 'yes', false: 'NO', null: '' }[String(isMet(row)) as 'true' | 'false' | 'null'],
    row.beside ? `${written(row.beside.figure, row.unit)} ${row.beside.what}` : '',
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column]!.length)));
  const layOut = (line: string[]) =>
    line
      .map((cell, column) =>
        column === 1 || column === 2 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  console.log(`\n${layOut(head)}`);
  rows.forEach((row, i) => {
    const line = layOut(lines[i]!);
    console.log(isMet(row) === false ? styleText('red', line) : line);
  });
  const judged = rows.filter(({ aim }) => aim !== undefined);
  console.log(`\n${judged.filter((row) => isMet(row)).length} of ${judged.length} aims met`);
}

/** A figure as it is printed: with as many digits as it is worth. */
export function written(figure: number, unit: Unit): string {
  const digits = unit === 'read' || unit === 'wrong' ? 0 : figure >= 100 ? 0 : figure >= 10 ? 1 : 2;
  return `${figure.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}
