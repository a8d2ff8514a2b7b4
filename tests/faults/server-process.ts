import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Ledger } from './ledger.ts';
import { pause } from './random.ts';

/** How long a service manager waits before it starts again what has ended, in milliseconds. */
const RESTART_AFTER = 500;
/** How long a start may take before something is wrong, in milliseconds. */
const START_WITHIN = 60_000;

/** One server process of the built app, kept running as a service manager does. */
export class ServerProcess {
  private readonly environment: Record<string, string>;
  private readonly ledger: Ledger;
  private child: ChildProcess | null = null;
  private listening = false;
  private stopped = false;
  private killed = false;
  private output = '';
  private whenListening = Promise.withResolvers<void>();

  constructor(environment: Record<string, string>, ledger: Ledger) {
    this.environment = environment;
    this.ledger = ledger;
  }

  /** Starts it, and waits until it serves. @throws when it doesn't */
  async start(): Promise<void> {
    this.spawn();
    await this.serving();
  }

  /** Ends the process at once, without a word; it comes back by itself. */
  kill(): void {
    this.killed = true;
    this.child?.kill('SIGKILL');
  }

  /** Waits until the process serves. @throws when it takes too long, with what it has printed */
  async serving(): Promise<void> {
    const late = pause(START_WITHIN).then(() => {
      if (!this.listening) throw new Error(`the server does not come back:\n${this.output.slice(-4_000)}`);
    });
    late.catch(() => undefined);
    while (!this.listening) await Promise.race([this.whenListening.promise, late]);
  }

  /** Ends it as its operator would. */
  async stop(): Promise<void> {
    this.stopped = true;
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }

  private spawn(): void {
    this.listening = false;
    this.whenListening = Promise.withResolvers();
    const { ORIGIN: _origin, VITEST: _vitest, DATABASE_URL: _database, ...env } = process.env;
    const child = spawn(process.execPath, ['scripts/serve.mjs'], {
      env: { ...env, NODE_ENV: 'production', HOST: '127.0.0.1', ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const read = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-20_000);
      if (this.listening || !this.output.includes('Listening on')) return;
      this.listening = true;
      this.output = '';
      this.whenListening.resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', () => this.ended());
  }

  private ended(): void {
    if (this.stopped) return;
    // Without its database it may end while it starts; once it serves, nothing may end it but the kill.
    if (this.listening && !this.killed) {
      this.ledger.violate('a server process has died by itself');
      if (process.env.FAULTS_SHOW) console.error(this.output);
    }
    const wait = this.killed ? 0 : RESTART_AFTER;
    this.killed = false;
    this.listening = false;
    setTimeout(() => !this.stopped && this.spawn(), wait);
  }
}
