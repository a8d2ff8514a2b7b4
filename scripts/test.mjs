// `npm test`: everything that must hold, in one run; `npm run test:unit|postgres|scenarios|e2e|faults`: one part of it.
// Goes on after a failure, so that one run tells all of them; the last line is the sum.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build, buildIfStale, install, node, root } from './setup.mjs';

const suite = process.argv[2] ?? 'all';
const minutes = 60_000;
const total = { passed: 0, failed: 0 };
const reports = mkdtempSync(path.join(os.tmpdir(), 'einlass-test-'));
process.on('exit', () => rmSync(reports, { recursive: true, force: true }));

// Tools must not colour what is read from a log, whatever the caller's terminal can do.
const { FORCE_COLOR: _colour, ...plain } = { ...process.env, NO_COLOR: '1' };

const modules = (...parts) => path.join(root, 'node_modules', ...parts);
const script = (name) => path.join(root, 'scripts', name);
const svelteKit = modules('@sveltejs', 'kit', 'svelte-kit.js');

/** Runs one step of the project's Node; a failing one shows what it printed. */
async function step(name, ...commands) {
  const started = begin(name);
  let output = '';
  let ok = true;
  for (const args of commands) {
    const done = typeof args === 'function' ? await args() : await run(args);
    output += done.output;
    ok &&= done.status === 0;
  }
  finish(name, started, ok, output);
  return ok;
}

/** Says what is running: some steps take minutes. */
function begin(name) {
  console.log(`… ${name}`);
  return Date.now();
}

function finish(
  name,
  started,
  ok,
  output,
  counts = ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 },
) {
  total.passed += counts.passed;
  total.failed += counts.failed;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${ok ? '✓' : '✗'} ${name} (${seconds} s)`);
  if (!ok && output.trim()) console.log(indent(output));
}

const indent = (text) => text.trim().replaceAll(/^/gm, '    ');

function run(args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(node(), args, {
      cwd: root,
      env: { ...plain, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 40 * minutes,
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ status: 1, output: `${output}\n${error.message}` }));
    child.on('close', (status, signal) =>
      resolve({ status: status ?? 1, output: signal ? `${output}\nEnded by ${signal}.` : output }),
    );
  });
}

/** Runs one project of vitest; every test counts, and one that did not run counts as failed. */
async function tests(project, env) {
  const started = begin(project);
  const report = path.join(reports, `${project}.json`);
  const { status, output } = await run(
    [
      modules('vitest', 'vitest.mjs'),
      'run',
      `--project=${project}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    env,
  );
  const files = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults : [];
  const results = files.flatMap((file) => file.assertionResults);
  const passed = results.filter((test) => test.status === 'passed').length;
  const failed = results.filter((test) => test.status === 'failed').length;
  const skipped = results.filter((test) => !['passed', 'failed'].includes(test.status));
  const broken = files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);

  const notes = skipped.map((test) => `Skipped, which counts as failed: ${test.fullName}`);
  if (results.length === 0) notes.push('No test ran.');
  let lost = failed + skipped.length + broken.length;
  // No test at all, or an error outside of every test, is a failure of its own.
  if (lost === 0 && (status !== 0 || results.length === 0)) lost = 1;
  finish(
    `${project}: ${passed} of ${passed + lost} tests`,
    started,
    lost === 0,
    lost > 0 ? `${output}\n${notes.join('\n')}` : '',
    { passed, failed: lost },
  );
}

const browsers = [
  process.env.EINLASS_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** The browser for the end-to-end tests: one that is here, else Debian's, else Playwright's own. */
function browser() {
  const here = () => browsers.find((file) => file && existsSync(file));
  if (here()) return here();
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing Chromium (apt-get install chromium) …');
    const quiet = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    spawnSync('apt-get', ['update'], quiet);
    spawnSync('apt-get', ['install', '-y', 'chromium'], quiet);
    if (here()) return here();
  }
  console.log('Installing Chromium (playwright-core install chromium) …');
  spawnSync(node(), [modules('playwright-core', 'cli.js'), 'install', 'chromium'], { stdio: 'inherit' });
  return '';
}

const sync = [[script('compile-messages.ts')], [svelteKit, 'sync']];

async function everything() {
  await step('texts agree in every language', [script('check-messages.ts')]);
  await step('generated types', ...sync);
  // Each keeps one core busy.
  await Promise.all([
    step('lint', [modules('eslint', 'bin', 'eslint.js'), '.', '--max-warnings=0']),
    step(
      'format and types',
      [modules('prettier', 'bin', 'prettier.cjs'), '--check', '.'],
      [modules('svelte-check', 'bin', 'svelte-check'), '--tsconfig', './tsconfig.json', '--fail-on-warnings'],
      [modules('typescript', 'bin', 'tsc'), '--noEmit'],
    ),
  ]);
  await tests('unit');
  await tests('postgres');
  await tests('partitions');
  await tests('scenarios');
  const built = await step('build', () => build({ quiet: true }));
  if (built) {
    await tests('e2e', { EINLASS_CHROMIUM: browser() });
    await tests('faults');
  } else finish('e2e and faults', Date.now(), false, 'Not run: there is no build to run them on.');
}

const suites = {
  all: everything,
  unit: async () => {
    await run(sync[1]);
    await tests('unit');
  },
  postgres: async () => {
    await run(sync[1]);
    await tests('postgres');
    await tests('partitions');
  },
  scenarios: async () => {
    await run(sync[1]);
    await tests('scenarios');
  },
  e2e: async () => {
    buildIfStale();
    await tests('e2e', { EINLASS_CHROMIUM: browser() });
  },
  faults: async () => {
    buildIfStale();
    await tests('faults');
  },
};

try {
  if (!Object.hasOwn(suites, suite))
    throw new Error(`Unknown: ${suite}. One of ${Object.keys(suites).join(', ')}.`);
  install();
  await suites[suite]();
} catch (error) {
  console.error(error.message);
  total.failed += 1;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
