import { setImmediate as nextTurn } from 'node:timers';
import type { Chance } from './random.ts';

/** What a seam says to a program that was killed while it waited. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** One run of a program: a tablet's app, the server, or the world around them. It ends when it is killed. */
export class Process {
  readonly name: string;
  /** Its own clock, in milliseconds. */
  readonly clock: () => number;
  alive = true;
  /** It is killed before so many more of its tasks; null: it isn't to be killed. */
  tasksLeft: number | null = null;
  /** Does what the end of the program does to the world around it. */
  onKilled: () => void = () => undefined;
  /** When its last task without a delay is due: those stay in their order. */
  lastImmediate = 0;

  constructor(name: string, clock: () => number) {
    this.name = name;
    this.clock = clock;
  }
}

interface Task {
  at: number;
  order: number;
  process: Process;
  run: () => void;
  cancelled: boolean;
}

/** Long after any day: something schedules itself for ever. */
const MOST_TASKS = 400_000;

/**
 * Runs every program's tasks one at a time in the order of a virtual clock. Whatever a program awaits is a task of this
 * queue in the end, so between two of its tasks it can be killed, and all that it does in one task belongs to it.
 */
export class Scheduler {
  /** The true time, in milliseconds. */
  now: number;
  current: Process;
  /** Grows by every task: two runs with the same hash went the same way. */
  hash = 0x811c9dc5;
  tasksRun = 0;
  private order = 0;
  private readonly heap: Task[] = [];
  private readonly chance: Chance;

  constructor(start: number, world: Process, chance: Chance) {
    this.now = start;
    this.current = world;
    this.chance = chance;
  }

  /** @returns takes it back */
  post(process: Process, run: () => void, delay = 0): () => void {
    const task: Task = {
      at: this.now + Math.max(0, delay),
      order: (this.order += 1),
      process,
      run,
      cancelled: !process.alive,
    };
    if (!task.cancelled) this.push(task);
    return () => void (task.cancelled = true);
  }

  /** The next step of what a disk or a database does for a program: soon, and after the step before it. */
  postNext(process: Process, run: () => void, delay = this.chance.happens(0.1) ? 1 : 0): void {
    process.lastImmediate = Math.max(process.lastImmediate, this.now + delay);
    this.post(process, run, process.lastImmediate - this.now);
  }

  /** Ends a program between two of its steps. */
  kill(process: Process): void {
    if (!process.alive) return;
    process.alive = false;
    this.note(`kill ${process.name}`);
    process.onKilled();
  }

  /** Runs until nothing is left to do before the given time. */
  async runUntil(time: number): Promise<void> {
    for (;;) {
      const task = this.heap[0];
      if (!task || task.at > time) break;
      this.pop();
      if (task.cancelled || !task.process.alive) continue;
      const { process } = task;
      this.now = task.at;
      if (process.tasksLeft !== null && --process.tasksLeft <= 0) {
        this.kill(process);
        continue;
      }
      if ((this.tasksRun += 1) > MOST_TASKS) throw new Error('the day does not end');
      this.mix(task.at);
      this.mix(process.name.length * 31 + process.name.charCodeAt(process.name.length - 1));
      this.current = process;
      task.run();
      // Whatever the task has resolved goes on now, up to the next seam.
      await new Promise<void>((resolve) => nextTurn(resolve));
    }
    this.now = Math.max(this.now, time);
  }

  /** Takes something that happened into the hash. */
  note(text: string): void {
    for (let i = 0; i < text.length; i++) this.mix(text.charCodeAt(i));
  }

  private mix(value: number): void {
    this.hash = Math.imul(this.hash ^ (value | 0), 0x01000193) >>> 0;
  }

  private push(task: Task): void {
    const { heap } = this;
    let i = heap.push(task) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(task, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = task;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.at !== b.at ? a.at < b.at : a.order < b.order;
}
