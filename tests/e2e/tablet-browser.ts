import { spawn } from 'node:child_process';
import { chromium, type Page } from 'playwright-core';
import { BROWSER_ARGUMENTS, browserPath } from './support.ts';

export interface TabletBrowser {
  page: Page;
  /** Pulls the plug: every process of the browser gets SIGKILL. */
  kill(): Promise<void>;
}

/**
 * A real browser on a profile that outlives it, with a film in place of its camera, or none. It is started by hand, because a
 * test must be able to kill it as a dying battery would.
 */
export async function startTabletBrowser(profile: string, film?: string): Promise<TabletBrowser> {
  const child = spawn(
    browserPath(),
    [
      ...BROWSER_ARGUMENTS,
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      '--window-size=1024,768',
      ...(film
        ? [
            '--use-fake-device-for-media-stream',
            '--use-fake-ui-for-media-stream',
            `--use-file-for-fake-video-capture=${film}`,
          ]
        : []),
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const endpoint = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /DevTools listening on (ws:\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`The browser ended with ${code}:\n${output}`)));
  });
  const browser = await chromium.connectOverCDP(endpoint);
  const [context] = browser.contexts();
  if (!context) throw new Error('the browser has no context');
  const page = context.pages()[0] ?? (await context.newPage());
  return {
    page,
    async kill() {
      process.kill(-child.pid!, 'SIGKILL');
      await exited;
    },
  };
}
