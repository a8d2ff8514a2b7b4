import { readFileSync } from 'node:fs';

/** What no input may do. */
export class Broken extends Error {
  /** Which law, in a word or two. */
  readonly law: string;
  constructor(law: string, message: string) {
    super(message);
    this.law = law;
  }
}

/** Milliseconds that one input may take, where the machine is free. */
export const SLOW = 1_000;
/** How many times the median an input must take to be slow, however busy the machine is. */
export const SLOWER_THAN_OTHERS = 50;

/** Answers that say that something is missing on purpose, and are documented: none so far. */
const BY_DESIGN: ReadonlySet<number> = new Set();

export const isFault = (status: number): boolean => status >= 500 && !BY_DESIGN.has(status);

export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** How much memory a process holds, in megabytes; null where the system doesn't tell. */
export function memoryOf(pid: number): number | null {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes ? Number(kilobytes) / 1024 : null;
  } catch {
    return null;
  }
}

/** How much more than after the warm-up a server may hold, in megabytes: what a collector may leave lying about. */
export const MORE_MEMORY = 256;
