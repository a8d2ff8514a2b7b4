/**
 * `npm run audit-dependencies`: may we use what we use, is it what we locked, and is anything known against it?
 * `-- --write` also writes docs/licences.md. Ends with 1 when something is wrong; that the registry answers no audits is
 * said, and is not wrong.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dependencyProblems, licencePage, productionDependencies } from './audit/dependencies.ts';

const root = path.join(import.meta.dirname, '..');
const page = path.join(root, 'docs', 'licences.md');
const problems = dependencyProblems(root);

if (process.argv.includes('--write')) writeFileSync(page, licencePage(root));
else if (readFileSync(page, 'utf8') !== licencePage(root))
  problems.push('docs/licences.md is not up to date: npm run audit-dependencies -- --write');

console.log(`${productionDependencies(root).length} packages are part of what runs.`);
for (const problem of problems) console.log(`✗ ${problem}`);
if (problems.length === 0)
  console.log('✓ Their licences go with ours, all have hashes, none runs scripts unasked.');

const known = knownVulnerabilities();
console.log(known.text);
process.exitCode = problems.length > 0 || known.found ? 1 : 0;

/** Asks the registry that npm is set up with. */
function knownVulnerabilities(): { found: boolean; text: string } {
  const options = {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    timeout: 120_000,
  } as const;
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], options);
  const silent =
    '– Not asked whether anything is known against them: the registry answers no audits from here.';
  try {
    const { metadata } = JSON.parse(stdout) as {
      metadata?: { vulnerabilities?: Partial<Record<string, number>> };
    };
    const total = metadata?.vulnerabilities?.total;
    if (total === undefined) return { found: false, text: silent };
    return total === 0
      ? { found: false, text: '✓ The registry knows of no vulnerability in them.' }
      : { found: true, text: `✗ The registry knows of ${total} vulnerabilities: npm audit --omit=dev` };
  } catch {
    return { found: false, text: silent };
  }
}
