import { MUTANTS } from './mutants.ts';
import { loadProduct } from './seams/loader.ts';
import { installSeams } from './seams/globals.ts';

/**
 * One process that simulates days: `node worker.ts FIRST COUNT STEP [MUTANT]` tells each day as a line of JSON, and ends
 * with the first day that breaks a law. With STEP, several processes share the seeds.
 */

const [first = 1, count = 1, step = 1] = process.argv.slice(2, 5).map(Number);
const name = process.argv[5] ?? '';
const mutant = MUTANTS.find((one) => one.name === name);
if (name && !mutant) throw new Error(`no such mutant: ${name}`);

// What is told here is read by a program.
for (const way of ['log', 'info', 'warn', 'error', 'debug'] as const) console[way] = () => undefined;
loadProduct(mutant ?? null);
installSeams();
const { prepare } = await import('./prepare.ts');
await prepare();
const { simulateDay } = await import('./day.ts');
for (let i = 0; i < count; i++) {
  const { seed, hash, violations, story, tasks, scans } = await simulateDay(first + i * step);
  const failed = violations.length > 0;
  const told = failed || count === 1 ? story : [];
  process.stdout.write(`${JSON.stringify({ seed, hash, violations, tasks, scans, story: told })}\n`);
  if (failed) break;
}
