/**
 * Simulates event days (see docs/simulation.md), with as many processes as there are cores.
 *
 *   npm run simulate -- --seeds 1000 [--from 1]     many days; ends with 1 when one breaks a law
 *   npm run simulate -- --seed 42 [--mutant NAME]   one day again, with everything that happens
 *   npm run simulate -- --mutants [--seeds 1000]    each deliberate fault, and the first seed that finds it
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { MUTANTS } from '../tests/simulation/mutants.ts';
import { runDays, tellFailure, type Day } from '../tests/simulation/run.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    mutant: { type: 'string', default: '' },
    mutants: { type: 'boolean', default: false },
  },
});
const number = (text: string) => {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`not a whole number: ${text}`);
  return Number(text);
};
const from = number(values.from);
const seeds = number(values.seeds);
const cores = availableParallelism();

async function replay(seed: number): Promise<boolean> {
  let failed = false;
  await runDays({ first: seed, count: 1, mutant: values.mutant }, ({ story, violations, hash }) => {
    failed = violations.length > 0;
    console.log(story.join('\n'));
    console.log(
      failed ? `Seed ${seed} breaks the law.` : `Seed ${seed} keeps the laws; its trace is ${hash}.`,
    );
  });
  return !failed;
}

async function many(): Promise<boolean> {
  const started = Date.now();
  const sum = { days: 0, scans: 0, tasks: 0 };
  const failed: Day[] = [];
  const share = async (worker: number) => {
    const count = Math.ceil((seeds - worker) / cores);
    if (count <= 0) return;
    await runDays({ first: from + worker, count, step: cores }, (day) => {
      sum.days += 1;
      sum.scans += day.scans;
      sum.tasks += day.tasks;
      if (day.violations.length > 0) failed.push(day);
      if (sum.days % 500 === 0) console.log(`… ${sum.days} days`);
      return failed.length === 0;
    });
  };
  await Promise.all(Array.from({ length: cores }, (_, worker) => share(worker)));
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`${sum.days} days, ${sum.scans} scans shown, ${sum.tasks} steps, ${seconds} s`);
  for (const day of failed) console.log(tellFailure(day));
  if (failed.length === 0) console.log('No law was broken.');
  return failed.length === 0;
}

async function mutants(): Promise<boolean> {
  const waiting = [...MUTANTS];
  const survivors: string[] = [];
  console.log('| fault | first seed | law | what was seen |\n| --- | --- | --- | --- |');
  const work = async () => {
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
      let found: Day | null = null;
      await runDays({ first: from, count: seeds, mutant: mutant.name }, (day) => {
        if (day.violations.length > 0) found = day;
      });
      const { seed, violations } = (found as Day | null) ?? { seed: null, violations: [] };
      if (seed === null) survivors.push(mutant.name);
      const [seen] = violations;
      const words = seen?.words.split('\n')[0]!.replaceAll('|', '\\|').slice(0, 110) ?? '';
      console.log(
        `| ${mutant.name}: ${mutant.fault} | ${seed ?? 'NOT FOUND'} | ${seen?.law ?? ''} | ${words} |`,
      );
    }
  };
  await Promise.all(Array.from({ length: cores }, work));
  console.log(`${MUTANTS.length - survivors.length} of ${MUTANTS.length} found within ${seeds} seeds.`);
  return survivors.length === 0;
}

try {
  const ok = values.seed ? await replay(number(values.seed)) : await (values.mutants ? mutants() : many());
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
