import { IDBDatabase, IDBFactory, IDBKeyRange, IDBObjectStore, IDBTransaction } from 'fake-indexeddb';
import { DoorDatabase } from '../../src/lib/door/database.ts';
import { Chance } from './random.ts';
import type { Process } from './scheduler.ts';
import type { World } from './world.ts';

/**
 * A tablet's disk: fake-indexeddb, whose steps are tasks of the scheduler, with what a real disk does besides: a
 * transaction is on disk before the program hears of it, and one that is open when the program is killed leaves nothing.
 */

/** What fake-indexeddb keeps behind its interface. */
interface RawTransaction {
  _state: string;
  _requests: { request: { readyState: string } }[];
  _rollbackLog: (() => void)[];
  _abort(error: string): void;
  mode: string;
}
interface RawDatabase {
  transactions: RawTransaction[];
  connections: unknown[];
  rawObjectStores: Map<string, { records: { records: { getAllRecords(): Iterable<{ value: unknown }> } } }>;
}
interface RawFactory {
  _databases: Map<string, RawDatabase>;
  _connectionQueues: Map<string, unknown>;
}

export type Row = Record<string, unknown>;
export type DiskContent = Record<'scans' | 'walkIns' | 'relayed' | 'pages' | 'facts', Row[]>;

const NAME = 'einlass-door';
const disks = new WeakMap<Process, Disk>();
let world: World;

/** Whose disks they are from now on. */
export function enterDisks(of: World): void {
  world = of;
}

const diskInUse = (): Disk | undefined => disks.get(world.scheduler.current);

export class Disk {
  private factory = new IDBFactory();
  private readonly chance: Chance;
  private lost = new WeakSet<object>();
  /** No room for a single write. */
  full = false;
  /** The next so many transactions that have written fail at their end. */
  failingCommits = 0;
  /** It has refused something, or may have, today. */
  troubled = false;
  /** The longest that it has hung today, in milliseconds. */
  longestHang = 0;

  constructor(seed: number, name: string) {
    this.chance = new Chance(seed, `disk ${name}`);
  }

  /** A connection for one run of the app. */
  connect(process: Process): DoorDatabase {
    disks.set(process, this);
    return new DoorDatabase(NAME, { indexedDB: this.factory, IDBKeyRange });
  }

  /** The program was killed: what it had not committed is undone, and its connections are gone. */
  drop(): void {
    const { _databases, _connectionQueues } = this.factory as unknown as RawFactory;
    _connectionQueues.clear();
    const raw = _databases.get(NAME);
    if (!raw) return;
    for (const transaction of raw.transactions.splice(0).reverse()) {
      if (transaction._state !== 'finished') for (const undo of transaction._rollbackLog.reverse()) undo();
      transaction._state = 'finished';
    }
    raw.connections.length = 0;
  }

  /** The browser forgets the connections that are open, as iOS does. */
  loseConnections(): void {
    const raw = (this.factory as unknown as RawFactory)._databases.get(NAME);
    for (const connection of raw?.connections ?? []) this.lost.add(connection as object);
  }

  /** Nothing of a program's disk moves for so many milliseconds. */
  hang(process: Process, duration: number): void {
    this.troubled = true;
    this.longestHang = Math.max(this.longestHang, duration);
    process.lastImmediate = Math.max(process.lastImmediate, world.now + duration);
  }

  isLost(connection: object): boolean {
    return this.lost.has(connection);
  }

  refusesWrite(): boolean {
    return this.full && this.chance.happens(0.7);
  }

  failsCommit(): boolean {
    if (this.full) return true;
    if (this.failingCommits === 0) return false;
    this.failingCommits -= 1;
    return true;
  }

  /** What is on disk for good; null while something is being written. */
  read(): DiskContent | null {
    const raw = (this.factory as unknown as RawFactory)._databases.get(NAME);
    if (!raw) return { scans: [], walkIns: [], relayed: [], pages: [], facts: [] };
    if (raw.transactions.some(({ mode, _state }) => mode !== 'readonly' && _state !== 'finished'))
      return null;
    const rows = (table: string) =>
      [...(raw.rawObjectStores.get(table)?.records.records.getAllRecords() ?? [])].map(
        ({ value }) => value as Row,
      );
    return {
      scans: rows('scans'),
      walkIns: rows('walkIns'),
      relayed: rows('relayed'),
      pages: rows('pages'),
      facts: rows('facts'),
    };
  }
}

type Method = (this: never, ...values: never[]) => unknown;

function wrap<Target extends object>(target: Target, name: string, make: (original: Method) => Method): void {
  Reflect.set(target, name, make(Reflect.get(target, name) as Method));
}

const noRoom = () => new DOMException('the disk is full', 'QuotaExceededError');

for (const write of ['add', 'put']) {
  wrap(
    IDBObjectStore.prototype,
    write,
    (original) =>
      function (...values) {
        if (diskInUse()?.refusesWrite()) throw noRoom();
        return original.apply(this, values);
      },
  );
}

wrap(
  IDBDatabase.prototype,
  'transaction',
  (original) =>
    function (...values) {
      if (diskInUse()?.isLost(this)) throw new DOMException('the connection is lost', 'InvalidStateError');
      return original.apply(this, values);
    },
);

wrap(
  IDBTransaction.prototype,
  '_start',
  (original) =>
    function (this: RawTransaction) {
      const ends =
        this._state !== 'finished' && !this._requests.some(({ request }) => request.readyState !== 'done');
      const wrote = this.mode === 'readwrite' && this._rollbackLog.length > 0;
      if (ends && wrote && diskInUse()?.failsCommit()) this._abort('QuotaExceededError');
      else original.call(this as never);
    },
);

wrap(
  IDBTransaction.prototype,
  'dispatchEvent',
  (original) =>
    function (this: IDBTransaction, event: Event) {
      if (event.type !== 'complete' || this.mode === 'versionchange')
        return original.call(this as never, event as never);
      // It is on disk now; the program hears of it later, or never.
      const { scheduler } = world;
      scheduler.postNext(scheduler.current, () => void original.call(this as never, event as never));
      return true;
    },
);
