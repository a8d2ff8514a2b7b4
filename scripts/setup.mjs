// What a fresh clone lacks, made good: packages, Node, the build. Plain JavaScript without dependencies,
// because it runs before anything is installed, on whatever Node is there.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => path.join(root, ...parts);
const say = (line) => console.log(line);

/** Installs the packages when they are missing or differ from package-lock.json. */
export function install() {
  const reason = whyInstall();
  if (!reason) return;
  say(`Installing packages (${reason}) …`);
  const done = npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (done.status !== 0) {
    // 'inherit' has already shown npm's own words.
    throw new Error('The packages could not be installed (npm ci failed, see above).');
  }
}

function whyInstall() {
  if (!existsSync(at('node_modules'))) return 'none yet';
  const installed = readJson(at('node_modules', '.package-lock.json'))?.packages;
  if (!installed) return 'the last installation did not finish';
  const wanted = readJson(at('package-lock.json')).packages;
  for (const [where, entry] of Object.entries(wanted)) {
    const mayBeAbsent = where === '' || entry.optional || entry.devOptional || entry.extraneous;
    const version = installed[where]?.version;
    if (version ? version !== entry.version : !mayBeAbsent) return 'package-lock.json has changed';
  }
  return projectNode() ? null : "the project's Node is missing";
}

/** The Node to run the project with: the one it installs, else this one if it is new enough. */
export function node() {
  const found =
    projectNode() ?? (Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : null);
  if (!found) throw new Error('Node 24 is missing. Delete node_modules and run the command again.');
  return found;
}

function projectNode() {
  return [at('node_modules', 'node', 'bin', 'node'), at('node_modules', 'node', 'bin', 'node.exe')].find(
    existsSync,
  );
}

/** Runs npm on the Node that npm was started with: the project's own is being replaced under it. */
function npm(args) {
  const bin = at('node_modules', '.bin');
  const env = {
    ...process.env,
    PATH: (process.env.PATH ?? '')
      .split(path.delimiter)
      .filter((folder) => path.resolve(folder) !== bin)
      .join(path.delimiter),
  };
  const { npm_execpath: cli, npm_node_execpath: runtime } = process.env;
  const options = { cwd: root, stdio: 'inherit', env };
  return cli && runtime && !runtime.startsWith(at('node_modules'))
    ? spawnSync(runtime, [cli, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

const stamp = () => at('build', '.sources');

/** Builds the app when its sources, its packages or its settings differ from those of the last build. */
export function buildIfStale() {
  const built = existsSync(stamp()) ? readFileSync(stamp(), 'utf8') : null;
  if (built === hashSources()) return;
  say(built ? 'Building the app anew (its sources have changed) …' : 'Building the app …');
  const done = build({ quiet: true });
  if (done.status !== 0) {
    console.error(done.output);
    throw new Error('The app could not be built, see above.');
  }
}

/** Checks the texts, builds, and remembers what was built. */
export function build({ quiet = false } = {}) {
  const steps = [
    [at('scripts', 'check-messages.ts')],
    [at('node_modules', 'vite', 'bin', 'vite.js'), 'build', ...(quiet ? ['--logLevel', 'warn'] : [])],
  ];
  const sources = hashSources();
  let output = '';
  for (const args of steps) {
    const done = spawnSync(node(), args, {
      cwd: root,
      stdio: quiet ? 'pipe' : 'inherit',
      encoding: 'utf8',
      env: { ...process.env, NODE_ENV: 'production', ...(quiet && { NO_COLOR: '1' }) },
    });
    output += `${done.stdout ?? ''}${done.stderr ?? ''}`;
    if (done.status !== 0) return { status: done.status ?? 1, output };
  }
  writeFileSync(stamp(), sources);
  return { status: 0, output };
}

const sources = [
  'src',
  'static',
  'docs/api.md',
  'project.inlang/settings.json',
  'door.inlang/settings.json',
  'scripts/messages.ts',
  'scripts/message-files.ts',
  'scripts/paraglide-options.ts',
  'package.json',
  'package-lock.json',
  'svelte.config.js',
  'tsconfig.json',
  'vite.config.ts',
];
const generated = ['paraglide', 'paraglide-door'].map((name) => at('src', 'lib', 'i18n', name));

/**
 * Makes the app ready and runs a script on it with this process's own arguments; ends as the script does.
 *
 * @param {string} script - its path in the project
 */
export function runOnBuild(script) {
  runPrepared(buildIfStale, script, process.argv.slice(2));
}

/**
 * Makes ready what the sources import, and runs a script on them; ends as the script does.
 *
 * @param {string} script - its path in the project
 * @param {string[]} args
 */
export function runOnSources(script, args) {
  runPrepared(compileMessagesIfStale, script, args);
}

function runPrepared(prepare, script, args) {
  try {
    install();
    prepare();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  const done = spawnSync(node(), [script, ...args], { cwd: root, stdio: 'inherit' });
  process.exitCode = done.status ?? 1;
}

function compileMessagesIfStale() {
  const settings = ['project.inlang', 'door.inlang'].map((name) => at(name, 'settings.json'));
  const texts = [...settings, ...filesUnder(at('src', 'lib', 'i18n', 'messages'))];
  const compiled = generated.map((folder) => path.join(folder, 'messages.js'));
  const changedAt = Math.max(...texts.map((file) => statSync(file).mtimeMs));
  if (compiled.every((file) => existsSync(file) && statSync(file).mtimeMs >= changedAt)) return;
  const done = spawnSync(node(), [at('scripts', 'compile-messages.ts')], { cwd: root, stdio: 'inherit' });
  if (done.status !== 0) throw new Error('The texts could not be compiled, see above.');
}

function hashSources() {
  const hash = createHash('sha256');
  for (const file of sources.flatMap((name) => filesUnder(at(name)))) {
    hash.update(`${path.relative(root, file)}\0`);
    hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

function filesUnder(where) {
  if (generated.includes(where) || !existsSync(where)) return [];
  if (!statSync(where).isDirectory()) return [where];
  return readdirSync(where)
    .sort()
    .flatMap((name) => filesUnder(path.join(where, name)));
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
