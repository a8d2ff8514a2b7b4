import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Stage, Step } from './dockerfile.ts';
import type { User } from './ordinary-user.ts';

export interface Played {
  stage: Stage;
  /** What is the image's root there. */
  folder: string;
}

interface Surroundings {
  /** The context: the project's folder. */
  root: string;
  folder: string;
  user: User;
  earlier: Played[];
}

/** Where a path of the image is. */
export const foldersOf = (folder: string, inside: string): string => path.join(folder, inside);

/** Runs a stage's steps in its folder. @throws with the step that failed and what it printed */
export function playStage(stage: Stage, surroundings: Surroundings): Played {
  const { folder } = surroundings;
  mkdirSync(folder, { recursive: true });
  mkdirSync(foldersOf(folder, 'home'), { recursive: true });
  for (const step of stage.steps) {
    const started = Date.now();
    const label =
      step.kind === 'run' ? `RUN ${step.script}` : `COPY ${step.sources.join(' ')} ${step.target}`;
    if (step.kind === 'run') run(step, stage, surroundings);
    else copy(step, surroundings);
    console.log(`  ${label} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  }
  rmSync(foldersOf(folder, 'home'), { recursive: true, force: true });
  return { stage, folder };
}

function run(
  { script, workdir }: Step & { kind: 'run' },
  stage: Stage,
  { folder, user }: Surroundings,
): void {
  if (/(^|[\s=])\/\w/.test(script)) throw new Error(`Names a path outside of WORKDIR: RUN ${script}`);
  const cwd = foldersOf(folder, workdir);
  mkdirSync(cwd, { recursive: true });
  if (user.uid !== undefined) spawnSync('chown', ['-R', `${user.uid}:${user.gid}`, folder]);
  const done = spawnSync('/bin/sh', ['-ec', script], {
    cwd,
    ...user,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...npmSettings(), PATH: process.env.PATH, HOME: foldersOf(folder, 'home'), ...stage.env },
  });
  if (done.status !== 0)
    throw new Error(`RUN ${script}\n${done.error?.message ?? ''}${done.stdout}${done.stderr}`);
}

/** Where this machine's npm gets its packages, and whom it trusts: an image's builder is told the same. */
function npmSettings(): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && /^(https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+)$/i.test(name))
      settings[name] = value;
  const { stdout } = spawnSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' });
  if (/^https?:/.test(stdout)) settings.npm_config_registry = stdout.trim();
  return settings;
}

function copy(step: Step & { kind: 'copy' }, { root, folder, earlier }: Surroundings): void {
  const stage = step.from === null ? null : earlier.find(({ stage }) => stage.name === step.from);
  if (stage === undefined) throw new Error(`There is no stage ${step.from}.`);
  const target = path.join(folder, path.resolve(step.workdir, step.target));
  const intoFolder = step.target.endsWith('/') || step.sources.length > 1;
  for (const source of step.sources) {
    const from = stage ? foldersOf(stage.folder, source) : path.join(root, source);
    if (!existsSync(from)) throw new Error(`There is no ${source} to copy.`);
    const isFolder = statSync(from).isDirectory();
    const to = isFolder || !intoFolder ? target : path.join(target, path.basename(source));
    const filter = stage ? () => true : contextFilter(root);
    cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter });
  }
}

/** What `.dockerignore` lets through. Ours names what is let in, so it is read that way: `*`, then exceptions. */
function contextFilter(root: string): (file: string) => boolean {
  const lines = readFileSync(path.join(root, '.dockerignore'), 'utf8').split('\n').filter(Boolean);
  const [first, ...rules] = lines;
  if (first !== '*') throw new Error('.dockerignore does not begin with *.');
  const allowed = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
  const refused = rules.filter((rule) => !rule.startsWith('!'));
  return (file) => {
    const name = path.relative(root, file);
    if (name === '') return true;
    if (refused.some((rule) => path.matchesGlob(name, rule) || path.matchesGlob(name, `${rule}/**`)))
      return false;
    return allowed.some(
      (rule) => name === rule || name.startsWith(`${rule}/`) || rule.startsWith(`${name}/`),
    );
  };
}
