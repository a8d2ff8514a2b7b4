import { Chance } from './random.ts';
import { Process, Scheduler } from './scheduler.ts';

/** The laws of the design, as far as a day can break them. */
export type Law =
  /** 1. No admitted guest is lost. */
  | 'lost'
  /** 2. The door never waits. */
  | 'waits'
  /** 3. The same scans give the same headcount: tablets and office agree. */
  | 'disagree'
  /** 3. And it is the one that a naive count gives. */
  | 'headcount'
  /** 4. The past is not rewritten. */
  | 'rewritten'
  /** 5. A tablet knows only what it needs. */
  | 'knows'
  /** Something threw that must not. */
  | 'broken';

export interface Violation {
  law: Law;
  words: string;
}

/** The simulated day begins here: 18 November 2022, 15:30 in Gütersloh. */
export const DAY_START = Date.UTC(2022, 10, 18, 14, 30);

/** One simulated day: its time, its chance, and what is told of it. */
export class World {
  readonly seed: number;
  readonly process: Process;
  readonly scheduler: Scheduler;
  /** What people do, and what breaks. */
  readonly chance: Chance;
  readonly violations: Violation[] = [];
  readonly story: string[] = [];

  constructor(seed: number) {
    this.seed = seed;
    this.process = new Process('world', () => this.now);
    this.scheduler = new Scheduler(DAY_START, this.process, new Chance(seed, 'scheduler'));
    this.chance = new Chance(seed, 'day');
  }

  /** The true time, in milliseconds. */
  get now(): number {
    return this.scheduler?.now ?? DAY_START;
  }

  /** Tells what happens, in words; it is also what makes two runs the same. */
  tell(words: string): void {
    const seconds = (this.now - DAY_START) / 1000;
    const line = `${seconds.toFixed(3).padStart(9)} s  ${words}`;
    this.scheduler.note(line);
    this.story.push(line);
  }

  violate(law: Law, words: string): void {
    if (this.violations.length > 20) return;
    this.violations.push({ law, words });
    this.tell(`VIOLATION (${law}) ${words}`);
  }
}
