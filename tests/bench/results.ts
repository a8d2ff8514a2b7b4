import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { isMet, type Row } from './report.ts';

export interface Machine {
  platform: string;
  processors: number;
  model: string;
  memoryGiB: number;
}

/** A row, with when it was measured, and how busy others kept the machine just before. */
export type DatedRow = Row & { met: boolean | null; at: string; loadBefore: number };

export interface Results {
  machine: Machine;
  versions: Record<string, string>;
  rows: DatedRow[];
}

const FOLDER = 'bench-results';
/** The results of whole runs; quick ones stay apart. */
export const LATEST = `${FOLDER}/latest.json`;
const QUICK = `${FOLDER}/quick.json`;

/**
 * Writes down what was measured. Of parts that were not run now, the rows of before stay, when they are of this machine.
 *
 * @param loadBefore - how busy others kept the machine before it began
 */
export function writeResults(
  rows: Row[],
  versions: Record<string, string>,
  { loadBefore, quick }: { loadBefore: number; quick: boolean },
): void {
  const file = quick ? QUICK : LATEST;
  mkdirSync(FOLDER, { recursive: true });
  const former = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : null;
  const results = merge(former, {
    machine: {
      platform: `${os.platform()} ${os.arch()}`,
      processors: os.availableParallelism(),
      model: os.cpus()[0]?.model ?? '',
      memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    },
    versions: { node: process.version, ...versions },
    rows: rows.map((row) => ({ ...row, met: isMet(row), at: new Date().toISOString(), loadBefore })),
  });
  writeFileSync(file, JSON.stringify(results, null, 2) + '\n');
}

/** The new rows, and those of the former results whose part was not measured anew on the same machine. */
export function merge(former: Results | null, now: Results): Results {
  const sameMachine = former && isSame(former.machine, now.machine);
  const parts = new Set(now.rows.map(({ part }) => part));
  const kept = sameMachine ? former.rows.filter(({ part, at }) => at && !parts.has(part)) : [];
  return {
    ...now,
    versions: { ...(sameMachine && former.versions), ...now.versions },
    rows: [...kept, ...now.rows].sort((a, b) => a.part.localeCompare(b.part)),
  };
}

function isSame(a: Machine, b: Machine): boolean {
  return (['platform', 'processors', 'model', 'memoryGiB'] as const).every((key) => a[key] === b[key]);
}
