import { Dexie, type DexieOptions, type EntityTable } from 'dexie';
import type { CheckpointId, Cursor, DeviceId, EventId, KeyId } from '../domain/ids.ts';
import type { Scan } from '../domain/scan.ts';
import type { Direction } from '../domain/setting.ts';
import type { KeyPair, PrivateKey } from '../domain/signing.ts';
import type { Millis } from '../domain/time.ts';
import type { ChangeWire, WalkIn } from '../domain/wire.ts';

/** Who this tablet is, since its pairing. */
export interface Identity {
  deviceId: DeviceId;
  eventId: EventId;
  name: string;
  token: string;
  keyId: KeyId;
  /** Signs walk-ins' tickets. */
  privateKey: PrivateKey;
}

/** How far this tablet has got with the server. */
export interface Progress {
  cursor: Cursor | null;
  /** What must be added to the tablet's clock to get the server's, in milliseconds. */
  clockOffset: number;
  /** By the server's clock. */
  lastSyncAt: Millis | null;
}

/** Which door the tablet stands at. */
export interface Duty {
  checkpointId: CheckpointId;
  direction: Direction;
}

interface Facts {
  identity: Identity;
  progress: Progress;
  duty: Duty;
  /** Made for a pairing that has not been answered: asking again with the same key finds the same tablet. */
  pairingKey: KeyPair;
}

type Fact = { [Name in keyof Facts]: { name: Name; value: Facts[Name] } }[keyof Facts];

/** `waiting` is 1 until the server has confirmed the record, and then absent: IndexedDB leaves it out of the index. */
type Waiting<Item> = Item & { waiting?: 1 };

/** A page of the server's feed, as it came. */
export interface FeedPage {
  number: number;
  changes: ChangeWire[];
}

/**
 * What the tablet keeps on disk. Every write is durable (`strict`) before it counts as done.
 *
 * - `scans`, `walkIns`: what this tablet made; they stay after the upload, because used tickets must be remembered.
 * - `pages`: what came from the server, in the order in which it came; later news wins. Folding them gives the roster.
 * - `facts`: the few things that are one of a kind.
 */
export class DoorDatabase extends Dexie {
  declare scans: EntityTable<Waiting<Scan>, 'id'>;
  declare walkIns: EntityTable<Waiting<WalkIn>, 'registrationId'>;
  declare pages: EntityTable<FeedPage, 'number'>;
  declare facts: EntityTable<Fact, 'name'>;

  constructor(name: string, options: DexieOptions = {}) {
    super(name, { ...options, chromeTransactionDurability: 'strict' });
    this.version(1).stores({
      scans: 'id, &deviceSeq, waiting',
      walkIns: 'registrationId, waiting',
      pages: '++number',
      facts: 'name',
    });
  }

  async fact<Name extends keyof Facts>(name: Name): Promise<Facts[Name] | null> {
    const fact = await this.facts.get(name);
    return (fact?.value as Facts[Name] | undefined) ?? null;
  }

  async setFact<Name extends keyof Facts>(name: Name, value: Facts[Name]): Promise<void> {
    await this.facts.put({ name, value });
  }
}
