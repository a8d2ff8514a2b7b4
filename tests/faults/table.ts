import type { Count } from './count.ts';
import type { RunResult } from './run.ts';

const COLUMNS = [
  'fault',
  'store',
  'faults',
  'acknowledged',
  'found',
  'missing',
  'double',
  'mails again',
  'there, not acknowledged',
  'honest refusals',
  'longest outage',
  'violations',
];

export const headOf = (): string[] => [
  `| ${COLUMNS.join(' | ')} |`,
  `| ${COLUMNS.map((_, i) => (i < 2 ? '---' : '--:')).join(' | ')} |`,
];

export function rowOf(plan: { fault: string; store: string }, result: RunResult): string {
  const sum = (of: (count: Count) => number) => result.counts.reduce((all, each) => all + of(each), 0);
  const mails = result.counts.find(({ what }) => what === 'mails');
  const cells = [
    plan.fault,
    plan.store,
    result.faults,
    sum(({ acknowledged }) => acknowledged),
    sum(({ found }) => found),
    sum(({ missing }) => missing),
    sum(({ double }) => double) - (mails?.double ?? 0),
    mails?.double ?? 0,
    sum(({ unacknowledged }) => unacknowledged),
    result.honest,
    `${(result.outage / 1_000).toFixed(1)} s`,
    [...result.violations.values()].reduce((all, each) => all + each, 0),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** What stands behind the row: each kind of promise, and every violation by its name. */
export function tellCounts({ counts, violations }: RunResult): string[] {
  return [
    ...counts.map(
      ({ what, acknowledged, found, missing, double, unacknowledged }) =>
        `${what}: ${acknowledged} acknowledged, ${found} found, ${missing} missing, ${double} double, ${unacknowledged} there without`,
    ),
    ...[...violations].map(([what, times]) => `VIOLATION, ${times} times: ${what}`),
  ];
}

/** What must not have been, in words; empty where everything held. */
export function brokenPromises({ counts, violations }: RunResult): string[] {
  return [
    ...[...violations].map(([what, times]) => `${what} (${times} times)`),
    ...counts
      .filter(({ missing }) => missing > 0)
      .map(({ what, missing }) => `${missing} ${what} are missing`),
    // A mail may come again, under the same Message-ID.
    ...counts
      .filter(({ what, double }) => what !== 'mails' && double > 0)
      .map(({ what, double }) => `${double} ${what} are there twice`),
  ];
}
