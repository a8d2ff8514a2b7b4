/** Lets one piece of work begin only when the one before it, for the same thing, has ended: so each sees what was done. */
export class Turns<Key> {
  private readonly queues = new Map<Key, Promise<unknown>>();

  take<Result>(key: Key, work: () => Promise<Result>): Promise<Result> {
    const turn = (this.queues.get(key) ?? Promise.resolve()).then(work);
    const done = turn.catch(() => undefined);
    this.queues.set(key, done);
    void done.then(() => {
      if (this.queues.get(key) === done) this.queues.delete(key);
    });
    return turn;
  }
}
