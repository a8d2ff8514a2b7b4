import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { millis } from '../../src/lib/domain/time.ts';
import { Secrets } from '../../src/lib/server/secrets.ts';
import { minuteOldStamp } from '../support/forms.ts';

export interface RunningServer {
  url: string;
  /** The folder that holds its state. */
  dataFolder: string;
  process: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  /** Ends the server as its operator would, and answers with its exit code. */
  stop(): Promise<number | null>;
}

/** Starts the built app on a free port, with a data folder of its own. */
export async function startServer(env: Record<string, string> = {}): Promise<RunningServer> {
  const data = await mkdtemp(path.join(os.tmpdir(), 'einlass-data-'));
  const child = spawn(process.execPath, ['scripts/serve.mjs'], {
    env: { ...cleanEnvironment(), HOST: '127.0.0.1', PORT: '0', EINLASS_DATA: data, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /Listening on (\S+)/.exec(output)?.[1] ?? /organiser +(http:\/\/[^/]+)/.exec(output)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${output}`)));
  });
  return {
    url,
    dataFolder: env.EINLASS_DATA ?? data,
    process: child,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      const code = await exited;
      await rm(data, { recursive: true, force: true });
      return code;
    },
  };
}

/** The stamp of a form that was opened a minute ago: a person takes longer to fill it in than a test does. */
export function openedEarlier({ dataFolder }: Pick<RunningServer, 'dataFolder'>): string {
  const secrets = Secrets.load(undefined, path.join(dataFolder, 'secret'));
  return minuteOldStamp({ secrets, clock: () => millis(Date.now()) });
}

/** Makes the registration form on a page one that was opened a minute ago. */
export async function openEarlier(page: Page, server: Pick<RunningServer, 'dataFolder'>): Promise<void> {
  await page
    .locator('[name=stamp]')
    .evaluate((input, stamp) => void ((input as HTMLInputElement).value = stamp), openedEarlier(server));
}

/** The test runner's own settings are not the server's. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { ORIGIN: _origin, PROTOCOL_HEADER: _header, VITEST: _vitest, ...env } = process.env;
  return { ...env, NODE_ENV: 'production' };
}

/** Without these a sandboxed or offline machine's Chromium asks for what it can't have. */
export const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
];

export function browserPath(): string {
  // Empty where Playwright brought a browser of its own.
  return (process.env.EINLASS_CHROMIUM ?? '/usr/bin/chromium') || chromium.executablePath();
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: browserPath(), args: BROWSER_ARGUMENTS });
}

/** A port that nobody listens on now, for a server that must come back at the same address. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
