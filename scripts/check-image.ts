// `npm run check-image`: plays the Dockerfile without a container engine. Its steps run in a clean folder as an ordinary
// user; then its command is started with a program folder that nobody may write to and a data folder of its own, asked
// by its own health check, visited, and told to end. It needs to be root only to become that user; otherwise it is who
// calls it. What it cannot show: that the base image itself can be had, and the order of layers.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { readDockerfile, type Stage } from './check-image/dockerfile.ts';
import { become, ordinaryUser } from './check-image/ordinary-user.ts';
import { foldersOf, playStage, type Played } from './check-image/play.ts';

const SECONDS_TO_START = 60;
const SECONDS_TO_END = 10;
const root = path.resolve(import.meta.dirname, '..');
const clean = mkdtempSync(path.join(os.tmpdir(), 'einlass-image-'));
chmodSync(clean, 0o755);
const user = ordinaryUser();

try {
  const stages = readDockerfile(readFileSync(path.join(root, 'Dockerfile'), 'utf8'));
  const played: Played[] = [];
  for (const [index, stage] of stages.entries()) {
    const folder = path.join(clean, stage.name ?? `stage-${index}`);
    console.log(`— stage ${stage.name ?? index} (FROM ${stage.from})`);
    played.push(playStage(stage, { root, folder, user, earlier: played }));
  }
  const image = played.at(-1)!;
  console.log(`The image holds ${megabytes(image.folder)} MB beside its base.`);
  await runImage(image);
  console.log('The image can be built, starts, answers and ends as it should.');
} catch (error) {
  console.error(`✗ ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  spawnSync('chmod', ['-R', 'u+w', clean]);
  rmSync(clean, { recursive: true, force: true });
}

async function runImage({ stage, folder }: Played): Promise<void> {
  const { command, healthcheck } = demanded(stage);
  const [volume, ...others] = stage.volumes;
  if (volume === undefined || others.length > 0) throw new Error('The image has not exactly one volume.');
  const data = foldersOf(folder, volume);
  const temporary = path.join(clean, 'tmp');
  mkdirSync(temporary);
  for (const writable of [data, temporary]) become(user, ['chmod', '700', writable], { own: writable });
  spawnSync('chmod', ['-R', 'a-w', foldersOf(folder, stage.workdir)]);

  const port = await freePort();
  const env: Record<string, string> = { PATH: process.env.PATH ?? '', TMPDIR: temporary, HOME: temporary };
  for (const [name, value] of Object.entries(stage.env)) env[name] = value === volume ? data : value;
  Object.assign(env, { PORT: String(port), HOST: '127.0.0.1' });
  const cwd = foldersOf(folder, stage.workdir);

  console.log(`  CMD ${command.join(' ')}, in a program folder that is read only`);
  const child = spawn(command[0]!, command.slice(1), {
    cwd,
    env,
    ...user,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  try {
    await healthy(healthcheck, { cwd, env }, ended, () => output);
    for (const address of ['/readyz', '/', '/door']) {
      const answer = await fetch(`http://127.0.0.1:${port}${address}`);
      if (!answer.ok) throw new Error(`${address} answers ${answer.status}:\n${output}`);
      console.log(`  ${address} answers ${answer.status}`);
    }
    const started = Date.now();
    child.kill(stage.stopSignal as NodeJS.Signals);
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, SECONDS_TO_END * 1000, 'late').unref());
    const code = await Promise.race([ended, late]);
    if (code !== 0)
      throw new Error(`${stage.stopSignal}: ${code === 'late' ? 'not ended' : code}\n${output}`);
    console.log(`  ${stage.stopSignal}: ended with 0 after ${Date.now() - started} ms`);
  } finally {
    child.kill('SIGKILL');
  }
}

function demanded({ command, healthcheck, user: who, stopSignal }: Stage) {
  if (!command) throw new Error('The image has no CMD.');
  if (!healthcheck) throw new Error('The image has no HEALTHCHECK.');
  if (!who || who === 'root' || who === '0') throw new Error('The image runs as root.');
  if (stopSignal !== 'SIGTERM') throw new Error('The image is not ended by SIGTERM.');
  return { command, healthcheck };
}

async function healthy(
  check: string[],
  options: { cwd: string; env: Record<string, string> },
  ended: Promise<number | null>,
  output: () => string,
): Promise<void> {
  let exit: number | null | undefined;
  void ended.then((code) => (exit = code));
  for (const until = Date.now() + SECONDS_TO_START * 1000; Date.now() < until;) {
    if (exit !== undefined) throw new Error(`The command ended with ${exit}:\n${output()}`);
    const status = await new Promise<number | null>((resolve) => {
      spawn(check[0]!, check.slice(1), { ...options, ...user, stdio: 'ignore' })
        .once('exit', resolve)
        .once('error', () => resolve(null));
    });
    if (status === 0) return console.log(`  HEALTHCHECK ${check.join(' ')}: healthy`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`Not healthy within ${SECONDS_TO_START} s:\n${output()}`);
}

function megabytes(folder: string): number {
  const { stdout } = spawnSync('du', ['-sk', folder], { encoding: 'utf8' });
  return Math.round(Number.parseInt(stdout, 10) / 1024);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
