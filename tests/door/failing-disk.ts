import { IDBObjectStore } from 'fake-indexeddb';
import { vi } from 'vitest';

type Write = 'add' | 'put' | 'clear';
type Writer = (this: IDBObjectStore, ...values: unknown[]) => IDBRequest;

/** How a disk refuses: each ends in a transaction that has written nothing. */
export const DISK_FAILURES: Record<string, (write: Writer) => Writer> = {
  'the write is refused at once': () =>
    function () {
      throw new DOMException('the disk is full', 'QuotaExceededError');
    },
  'the write fails': (write) =>
    function (...values) {
      const request = write.apply(this, values);
      // Adding the same again violates a key, as any other failing request would; where it doesn't, there is no such key.
      return this.name === 'facts' || this.autoIncrement ? abortAfter(request) : write.apply(this, values);
    },
  'the write succeeds, but not its commit': (write) =>
    function (...values) {
      return abortAfter(write.apply(this, values));
    },
};

function abortAfter(request: IDBRequest): IDBRequest {
  request.addEventListener('success', () => request.transaction!.abort());
  return request;
}

/** Makes the next write of one kind into one table fail; the ones after it are well again. */
export function failNext(table: string, kind: Write, failure: (write: Writer) => Writer): void {
  const original = Reflect.get(IDBObjectStore.prototype, kind) as Writer;
  const spy = vi.spyOn(IDBObjectStore.prototype, kind);
  spy.mockImplementation(function (this: IDBObjectStore, ...values: unknown[]) {
    if (this.name !== table) return original.apply(this, values);
    spy.mockRestore();
    return failure(original).apply(this, values);
  } as never);
}

/** Makes the disk hang at the next write into one table, which gets there all the same, some milliseconds later. */
export function hangAtNext(table: string, kind: Write, duration: number): void {
  failNext(
    table,
    kind,
    (write) =>
      function (...values) {
        const until = performance.now() + duration;
        const hold = () => {
          if (performance.now() < until) this.count().addEventListener('success', hold);
        };
        const request = write.apply(this, values);
        request.addEventListener('success', hold);
        return request;
      },
  );
}
