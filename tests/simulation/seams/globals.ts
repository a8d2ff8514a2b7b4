import { createRequire, syncBuiltinESMExports } from 'node:module';
import { Chance } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';
import { simulatedSubtle } from './web-crypto.ts';

/**
 * Puts time, chance and cryptography of the whole process under the scheduler's control. Must be done before anything of
 * Einlass is loaded: some packages keep what they find when they are loaded.
 */

let scheduler: Scheduler | null = null;
let bytes = new Chance(0, 'bytes');
let numbers = new Chance(0, 'numbers');

/** From now on the clock, timers and chance are those of one simulated day. */
export function enterDay(seed: number, of: Scheduler): void {
  scheduler = of;
  bytes = new Chance(seed, 'bytes');
  numbers = new Chance(seed, 'numbers');
}

function running(): Scheduler {
  if (!scheduler) throw new Error('no day is being simulated');
  return scheduler;
}

/** What `AbortSignal.timeout` gives: it says when, and the simulated network looks at it. */
export interface Timeout {
  after: number;
}

export function installSeams(): void {
  const random = <Bytes extends Uint8Array>(target: Bytes): Bytes => {
    bytes.fill(target);
    return target;
  };
  const uuid = (): string => {
    const b = random(new Uint8Array(16));
    b[6] = (b[6]! & 0x0f) | 0x40;
    b[8] = (b[8]! & 0x3f) | 0x80;
    return Buffer.from(b)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  };
  const webCrypto = { getRandomValues: random, randomUUID: uuid, subtle: simulatedSubtle(random) };
  Object.defineProperty(globalThis, 'crypto', { value: webCrypto, configurable: true, writable: true });

  const nodeCrypto = createRequire(import.meta.url)('node:crypto') as Record<string, unknown>;
  nodeCrypto.randomBytes = (size: number) => random(Buffer.alloc(size));
  nodeCrypto.randomUUID = uuid;
  syncBuiltinESMExports();

  Math.random = () => numbers.next();
  Date.now = () => (scheduler ? Math.floor(scheduler.current.clock()) : 0);

  const later = (run: () => void, delay = 0) => {
    const { current, post } = { current: running().current, post: running() };
    return post.post(current, run, Math.max(1, delay));
  };
  Object.assign(globalThis, {
    setTimeout: later,
    clearTimeout: (cancel?: () => void) => cancel?.(),
    setInterval: () => {
      throw new Error('nothing in the simulation repeats by itself');
    },
    setImmediate: (run: () => void) => running().postNext(running().current, run),
  });
  AbortSignal.timeout = (after) => ({ after }) as unknown as AbortSignal;
  // Dexie would tell other tabs of every write through it, by the real event loop.
  Reflect.deleteProperty(globalThis, 'BroadcastChannel');
}
