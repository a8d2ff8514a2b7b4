import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Violation } from './world.ts';

/** What a worker tells of one day. */
export interface Day {
  seed: number;
  hash: string;
  violations: Violation[];
  tasks: number;
  scans: number;
  story: string[];
}

/**
 * Simulates days in a process of their own, until one breaks a law.
 *
 * @param step - several runs share the seeds: each takes every so-many-th
 * @param onDay - told of each day; it may end the run by returning false
 * @throws when the process ends otherwise than by the last day, with what it said
 */
export function runDays(
  { first, count, step = 1, mutant = '' }: { first: number; count: number; step?: number; mutant?: string },
  onDay: (day: Day) => boolean | void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = [first, count, step].map(String).concat(mutant);
    const child = spawn(
      process.execPath,
      ['--no-warnings', path.join(import.meta.dirname, 'worker.ts'), ...args],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let complaint = '';
    let ended = false;
    child.stderr.on('data', (chunk) => (complaint += chunk));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (onDay(JSON.parse(line) as Day) !== false) return;
      ended = true;
      child.kill();
    });
    child.on('error', reject);
    child.on('close', (status) =>
      status === 0 || ended ? resolve() : reject(new Error(`the simulation broke off:\n${complaint}`)),
    );
  });
}

/** What went wrong on a day, how it came to it, and how to see it again. */
export function tellFailure({ seed, violations, story }: Day, mutant = ''): string {
  return [
    `Seed ${seed} breaks the law:`,
    ...violations.map(({ law, words }) => `  (${law}) ${words}`),
    'What happened before:',
    ...story.slice(-60).map((line) => `  ${line}`),
    `Replay: npm run simulate -- --seed ${seed}${mutant && ` --mutant ${mutant}`}`,
  ].join('\n');
}
