/**
 * Work that is done once for many who ask at the same time. Whoever asks while it is under way gets the next run, which
 * begins after they asked: so nobody is given news that are older than the question.
 */
export class Coalesced<Value> {
  private readonly work: () => Promise<Value>;
  private running: Promise<Value> | null = null;
  private next: Promise<Value> | null = null;

  constructor(work: () => Promise<Value>) {
    this.work = work;
  }

  run(): Promise<Value> {
    if (!this.running) return this.begin();
    const begin = () => {
      this.next = null;
      return this.begin();
    };
    this.next ??= this.running.then(begin, begin);
    return this.next;
  }

  private begin(): Promise<Value> {
    const run = this.work();
    this.running = run;
    const end = () => {
      if (this.running === run) this.running = null;
    };
    run.then(end, end);
    return run;
  }
}
