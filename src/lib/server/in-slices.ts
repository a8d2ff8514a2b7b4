import { setImmediate } from 'node:timers/promises';

/** Runs long work that gives up its turn now and then; in between, the server answers others. */
export async function inSlices<Result>(work: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    await setImmediate();
  }
}
