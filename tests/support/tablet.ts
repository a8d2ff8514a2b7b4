import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import type { CheckpointId, EventId } from '../../src/lib/domain/ids.ts';
import type { Direction } from '../../src/lib/domain/setting.ts';
import { addMillis, type Clock } from '../../src/lib/domain/time.ts';
import { DoorDatabase } from '../../src/lib/door/database.ts';
import { Door, type ScanOutcome } from '../../src/lib/door/door.ts';
import { pairTablet } from '../../src/lib/door/pairing.ts';
import { RosterDisk } from '../../src/lib/door/roster-disk.ts';
import { DoorStore } from '../../src/lib/door/store.ts';
import { lockState, TabletLock } from '../../src/lib/door/tablet-lock.ts';
import { syncFully, type SyncResult } from '../../src/lib/door/sync.ts';
import { httpTransport } from '../../src/lib/door/transport.ts';
import { openVault } from '../../src/lib/door/vault.ts';
import { createPairingCode } from '../../src/lib/server/devices.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { POST as nearby } from '../../src/routes/api/door/v1/nearby/+server.ts';
import { POST as pair } from '../../src/routes/api/door/v1/pair/+server.ts';
import { POST as sync } from '../../src/routes/api/door/v1/sync/+server.ts';

/** What its staff open it with. */
export const PIN = '246813';

type Endpoint = (event: never) => Response | Promise<Response>;
const ENDPOINTS: Record<string, Endpoint> = {
  '/api/door/v1/nearby': nearby,
  '/api/door/v1/pair': pair,
  '/api/door/v1/sync': sync,
};

/** What a network does with a request: by default it carries it there, once, and the answer back. */
export type Network = (deliver: () => Promise<Response>) => Promise<Response>;

/** `fetch` into the real endpoints of an installation, without a socket between. */
export function endpointFetch(
  installation: Installation,
  network: Network = (deliver) => deliver(),
  address: () => string = () => '127.0.0.1',
): typeof fetch {
  return async (input, init) => {
    const url = new URL(input as string, 'http://einlass.test');
    const endpoint = ENDPOINTS[url.pathname];
    if (!endpoint) throw new TypeError(`no endpoint at ${url.pathname}`);
    const carry = async () => {
      const request = new Request(url, {
        method: init?.method ?? 'GET',
        headers: init?.headers ?? {},
        body: init?.body ?? null,
      });
      const event = { request, url, locals: { installation }, getClientAddress: address };
      return endpoint(event as never);
    };
    return network(carry);
  };
}

/** A tablet with the real store on an IndexedDB of its own, and the real sync over the real endpoints. */
export class Tablet {
  readonly name: string;
  /** How far its clock is ahead of the true time, in milliseconds. */
  clockOffset = 0;
  /** What happens to its requests. */
  network: Network = (deliver) => deliver();
  store!: DoorStore;
  door!: Door;
  lock!: TabletLock;
  readonly transport;
  private readonly clock: Clock;
  readonly indexedDB = new IDBFactory();

  constructor(name: string, installation: Installation) {
    this.name = name;
    this.clock = () => addMillis(installation.clock(), this.clockOffset);
    this.transport = httpTransport(endpointFetch(installation, (deliver) => this.network(deliver)));
  }

  /** Starts the app from what is on disk, and unlocks it. */
  async start(): Promise<void> {
    this.store = await DoorStore.open(this.disk(), this.clock);
    this.door = new Door(this.store);
    this.lock = new TabletLock(this.store, 1);
    if (lockState(this.store) === 'locked') await this.lock.unlock(PIN);
  }

  /** A connection of its own to what is on disk. */
  disk(): DoorDatabase {
    return new DoorDatabase('einlass-door', { indexedDB: this.indexedDB, IDBKeyRange });
  }

  /** Everything that is on disk; what is sealed, too, when it is opened with the PIN. */
  async everythingOnDisk({ opened }: { opened: boolean }): Promise<string> {
    const db = this.disk();
    const tables = await Promise.all(db.tables.map((table) => table.toArray()));
    const lock = await db.fact('lock');
    const vault = opened && lock && (await openVault(lock, PIN));
    const roster = vault && (await new RosterDisk(db, vault).read());
    db.close();
    return JSON.stringify(roster ? [tables, roster.changes, ...roster.walkIns.values()] : tables);
  }

  /** The app is killed: what was only in memory is gone. */
  async crash(): Promise<void> {
    this.store.close();
    await this.start();
  }

  async pair(installation: Installation, eventId: EventId): Promise<void> {
    const code = await createPairingCode(installation, eventId);
    const result = await pairTablet(this.store, this.transport, code, this.name);
    if (result !== 'paired') throw new Error(`pairing: ${result}`);
    await this.lock.choosePin(PIN);
  }

  sync(): Promise<SyncResult> {
    return syncFully(this.store, this.transport, { version: 'test', battery: null });
  }

  async scan(text: string, checkpoint: string, direction: Direction = 'entry'): Promise<ScanOutcome> {
    await this.store.setDuty({ checkpointId: checkpoint as CheckpointId, direction });
    return this.door.scan(text);
  }
}
